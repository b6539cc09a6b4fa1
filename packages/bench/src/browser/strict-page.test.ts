import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inChromium } from '../testing/in-chromium.ts';
import { bundleForPages, importText, serve } from '../testing/serve-bundles.ts';

/** Eight schools, and a mixture of so many rows that Node has its kernel in WebAssembly. */
const WORK = `
  import { fit, fitBayes } from '@mixtention/em';
  import { faithful } from '@mixtention/mixture';
  import { fitVariational, pathfinder, svi } from '@mixtention/svi';
  import { compile, operations } from '@mixtention/svi/model';

  const schools = ({ sample, observe, plate, normal, halfCauchy, add, mul }, { y, sigma }) => {
    const [mu, tau] = [sample('mu', normal(0, 5)), sample('tau', halfCauchy(5))];
    const t = plate('schools', 8, () => sample('t', normal(0, 1)));
    observe('y', normal(add(mu, mul(tau, t)), sigma), y);
  };
  const data = { y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

  export async function work() {
    const options = { steps: 300, learningRate: 0.03, resultDraws: 200, rounds: 0 };
    const { bound, sites } = svi(schools, data, options);
    const mixture = await fitVariational(faithful(), { components: 2, restarts: 1, steps: 100, learningRate: 0.03, resultDraws: 100 });
    const path = pathfinder(schools, data, { rounds: 0, draws: 200 });
    const em = await fit(faithful(), { components: 2, seed: 1, tolerance: 1e-12 });
    const bayes = await fitBayes(faithful(), { components: 2, seed: 1, tolerance: 1e-12 });
    return {
      execution: compile([operations.exp(1)], []).execution,
      bounds: [bound, mixture.bound, path.bound],
      moments: [sites.mu.mean, sites.tau.sd],
      closed: [em.logLikelihood, bayes.bound],
      backend: em.backend,
    };
  }
`;

/** Tells what comes of it, and whether code may be made here at all. */
const PAGE = `
  import { work } from './work.js';
  const forbidden = (make) => { try { make(); return false; } catch { return true; } };
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const may = {
    script: !forbidden(() => new Function('return 1')),
    wasm: !forbidden(() => new WebAssembly.Module(empty)),
  };
  const told = await work().catch((error) => ({ error: error.message }));
  document.body.dataset.told = JSON.stringify({ ...told, may });
`;

inChromium('a page that forbids code made of text', ({ open }) => {
  let server: Server;
  let address: string;
  let script: string;

  beforeAll(async () => {
    script = (await bundleForPages(WORK)).text;
    ({ server, address } = await serve({ 'work.js': script, 'page.js': PAGE }));
  });
  afterAll(() => server?.close());

  test('models are interpreted there, to Node’s numbers', async () => {
    const { view } = await open(`${address}/strict/`);
    const told = await view.waitForSelector('body[data-told]', { state: 'attached', timeout: 60_000 });
    const there = JSON.parse((await told.getAttribute('data-told'))!) as Outcome;
    await view.close();
    const here = await ((await importText(script)) as { work(): Promise<Outcome> }).work();
    expect(here.execution).toBe('emitted');
    expect(there).toMatchObject({ execution: 'interpreted', may: { script: false, wasm: false } });
    for (const list of ['bounds', 'moments', 'closed'] as const)
      for (const [i, value] of here[list].entries()) expect(there[list][i]! / value).toBeCloseTo(1, 6);
  });
});

type Outcome = {
  readonly execution: string;
  readonly bounds: readonly number[];
  readonly moments: readonly number[];
  readonly closed: readonly number[];
};
