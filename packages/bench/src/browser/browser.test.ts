import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inChromium } from '../testing/in-chromium.ts';
import { bundleForPages, importText, serve } from '../testing/serve-bundles.ts';

/** What a page does with the four packages: fits by EM and by gradients, and completes rows as attention. */
const PAGE = `
  import { inline } from '@mixtention/core';
  import { faithful, MixtureModel } from '@mixtention/mixture';
  import { fit } from '@mixtention/em';
  import { fitByGradient } from '@mixtention/svi';
  import { complete } from '@mixtention/attention';

  export async function work() {
    const em = await fit(faithful(), { components: 2, seed: 1, tolerance: 1e-12, executor: inline() });
    const gradient = await fitByGradient(faithful(), { components: 2, seed: 1, screen: 0, maxIterations: 20 });
    const again = MixtureModel.fromJSON(em.model.toJSON());
    const { logEvidence } = complete(again, faithful(), [true, false]);
    return {
      status: em.status,
      backend: em.backend,
      logLikelihood: em.logLikelihood,
      weights: Array.from(em.model.weights),
      gradientRose: gradient.trace.at(-1).objective > gradient.trace[0].objective,
      evidence: Array.from(logEvidence.slice(0, 5)),
    };
  }
`;
const PACKAGES = ['core', 'mixture', 'em', 'svi', 'attention'] as const;

describe('the root entries in a browser', () => {
  test.each(PACKAGES)(
    '%s reaches nothing but its own and core’s files: no node:, no threads, no tfjs',
    async (name) => {
      // Bundling for the browser fails by itself on anything from node:, also behind a dynamic import.
      const { metafile } = await bundleForPages(`export * from '@mixtention/${name}';`);
      const foreign = Object.keys(metafile.inputs).filter(
        (path) => !/^packages\/(core|mixture|em|svi|attention)\/dist\/|^<stdin>$/.test(path),
      );
      expect(foreign).toEqual([]);
      const leaves = PACKAGES.filter((other) =>
        Object.keys(metafile.inputs).some((path) => path.startsWith(`packages/${other}/`)),
      );
      expect(leaves).toEqual(name === 'core' ? ['core'] : [...new Set(['core', 'mixture', name])]);
      const external = Object.values(metafile.inputs).flatMap((input) => input.imports.filter((own) => own.external));
      expect(external).toEqual([]);
    },
  );
});

inChromium('a page that fits Old Faithful', ({ open }) => {
  let server: Server;
  let address: string;
  let script: string;

  beforeAll(async () => {
    script = (await bundleForPages(PAGE)).text;
    ({ server, address } = await serve({ 'work.js': script }));
  });
  afterAll(() => server?.close());

  test.each(['isolated', 'ordinary'])('gives Node’s numbers, in an %s page', async (kind) => {
    const { view, complaints } = await open(`${address}/${kind}/`);
    expect(await view.evaluate(() => globalThis.crossOriginIsolated)).toBe(kind === 'isolated');
    // As text, since vitest would rewrite an import() in a function.
    const there = (await view.evaluate("import('./work.js').then(({ work }) => work())")) as Outcome;
    await view.close();
    const here = await ((await importText(script)) as { work(): Promise<Outcome> }).work();
    expect(complaints).toEqual([]);
    expect(there).toMatchObject({ status: 'converged', backend: 'wasm', gradientRose: true });
    expect(there.logLikelihood).toBeCloseTo(-1130.264, 3);
    // Engines may round exponentials each in its way, which must not decide at which step a fit ends: hence its tight tolerance.
    for (const [i, value] of numbersOf(here).entries()) expect(numbersOf(there)[i]).toBeCloseTo(value, 9);
  });
});

type Outcome = { readonly logLikelihood: number; readonly weights: number[]; readonly evidence: number[] };

const numbersOf = ({ logLikelihood, weights, evidence }: Outcome): number[] => [logLikelihood, ...weights, ...evidence];
