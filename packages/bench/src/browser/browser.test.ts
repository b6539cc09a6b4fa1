import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startChromium } from '../picture/chromium.ts';
import { repository } from '../repository.ts';

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

async function bundle(source: string): Promise<{ readonly text: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: join(repository, 'packages/bench') },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    absWorkingDir: repository,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return { text: outputFiles[0]!.text, metafile };
}

describe('the root entries in a browser', () => {
  test.each(PACKAGES)(
    '%s reaches nothing but its own and core’s files: no node:, no threads, no tfjs',
    async (name) => {
      // Bundling for the browser fails by itself on anything from node:, also behind a dynamic import.
      const { metafile } = await bundle(`export * from '@mixtention/${name}';`);
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

  // Machines of people need no browser; continuous integration has one.
  const hasBrowser = findChromium() !== null || process.env.CI !== undefined;
  if (!hasBrowser) {
    test('no Chromium was found in PATH or the usual places, so the page is not tried; CHROMIUM_PATH names one', () => {
      expect(findChromium()).toBeNull();
    });
    return;
  }

  describe('a page that fits Old Faithful', () => {
    let browser: Browser;
    let server: Server;
    let script = '';

    beforeAll(async () => {
      script = (await bundle(PAGE)).text;
      browser = await startChromium();
      server = createServer(({ url }, response) => {
        // Shared memory is there for isolated pages only: both kinds are tried.
        if (url?.startsWith('/isolated')) {
          response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
          response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
        }
        response.setHeader('Content-Type', url?.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8');
        response.end(url?.endsWith('.js') ? script : '<!doctype html><title>mixtention</title>');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
    });

    test.each(['isolated', 'ordinary'])('gives Node’s numbers, in an %s page', async (kind) => {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${kind}/`);
      expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(kind === 'isolated');
      // As text, since vitest would rewrite an import() in a function.
      const there = (await page.evaluate("import('./work.js').then(({ work }) => work())")) as Outcome;
      await page.close();
      const here = await outcomeHere();
      expect(complaints).toEqual([]);
      expect(there).toMatchObject({ status: 'converged', backend: 'wasm', gradientRose: true });
      expect(there.logLikelihood).toBeCloseTo(-1130.264, 3);
      // Engines may round exponentials each in its way, which must not decide at which step a fit ends: hence its tight tolerance.
      for (const [i, value] of numbersOf(here).entries()) expect(numbersOf(there)[i]).toBeCloseTo(value, 9);
    });
  });

  type Outcome = { readonly logLikelihood: number; readonly weights: number[]; readonly evidence: number[] };

  const numbersOf = ({ logLikelihood, weights, evidence }: Outcome): number[] => [
    logLikelihood,
    ...weights,
    ...evidence,
  ];

  /** The same bundle, run by Node. */
  async function outcomeHere(): Promise<Outcome> {
    const { text } = await bundle(PAGE);
    const { work } = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as {
      work(): Promise<Outcome>;
    };
    return work();
  }
});
