import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inChromium } from '../testing/in-chromium.ts';
import { bundleForPages, importText, serve } from '../testing/serve-bundles.ts';

/** 16 planted components in 100,000 rows of 16 columns, fitted on an executor of the caller's. */
const WORK = `
  import { inline, wasm } from '@mixtention/core';
  import { generator, key } from '@mixtention/core/numeric';
  import { webWorkers } from '@mixtention/core/web-workers';
  import { fit } from '@mixtention/em';

  export const here = () => inline(wasm());
  export const workers = (open) => webWorkers({ open, workers: 2 });

  export async function work(executor) {
    const random = generator(key(1));
    const [rows, cols, components] = [100_000, 16, 16];
    const centers = Float64Array.from({ length: components * cols }, () => 3 * random.normal());
    const data = new Float32Array(rows * cols);
    for (let n = 0; n < rows; n++) {
      const k = random.integer(components);
      for (let d = 0; d < cols; d++) data[n * cols + d] = centers[k * cols + d] + random.normal();
    }
    const options = { components, covariance: 'diagonal', seed: 1, screen: 0, maxIterations: 8, executor };
    const { backend, iterations, logLikelihood } = await fit({ data, rows, cols }, options);
    await executor.close();
    return { backend, iterations, meanLogLikelihood: logLikelihood / rows };
  }
`;
const WORKER = `
  import { serveWorker } from '@mixtention/core/web-workers';
  import * as em from '@mixtention/em';
  import * as mixture from '@mixtention/mixture';
  serveWorker({ '@mixtention/em': em, '@mixtention/mixture': mixture });
`;

inChromium('workers of a page', ({ open }) => {
  let server: Server;
  let address: string;
  let script: string;

  beforeAll(async () => {
    const [work, worker] = await Promise.all([WORK, WORKER].map(bundleForPages));
    script = work!.text;
    ({ server, address } = await serve({ 'work.js': script, 'worker.js': worker!.text }));
  });
  afterAll(() => server?.close());

  /** As text, since vitest would rewrite an import() in a function. */
  async function inPage(kind: string, then: string): Promise<unknown> {
    const { view } = await open(`${address}/${kind}/`);
    try {
      return await view.evaluate(`import('./work.js').then(({ work, workers }) => ${then})`);
    } finally {
      await view.close();
    }
  }

  test('a page fits 100,000 rows of 16 columns on two workers by the fused kernel, to Node’s numbers', async () => {
    const open = "() => new Worker('./worker.js', { type: 'module' })";
    const there = await inPage('isolated', `work(workers(${open}))`);
    const { work, here } = (await importText(script)) as {
      work(executor: unknown): Promise<Fitted>;
      here(): unknown;
    };
    const due = await work(here());
    expect(there).toMatchObject({ backend: due.backend, iterations: due.iterations });
    // Chromium multiplies and adds in one rounding, which Node 20 does not.
    expect((there as Fitted).meanLogLikelihood).toBeCloseTo(due.meanLogLikelihood, 5);
  });

  test('a page without shared memory is told which headers were due', async () => {
    const said = await inPage(
      'ordinary',
      'Promise.resolve().then(() => workers(() => {})).catch((error) => error.message)',
    );
    expect(said).toMatch(
      /^\[core\] webWorkers: this page has no shared memory; it was due to be served with Cross-Origin/,
    );
  });

  test('a worker whose script does not load is told', async () => {
    const open = "() => new Worker('./none.js', { type: 'module' })";
    const said = await inPage('isolated', `work(workers(${open})).catch((error) => error.message)`);
    expect(said).toMatch(/^\[core\] webWorkers: .*lost its worker 3 times \(its script did not load/);
  });
});

type Fitted = { readonly backend: string; readonly iterations: number; readonly meanLogLikelihood: number };
