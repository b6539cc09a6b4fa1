import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { matrix } from '../base/matrix.ts';
import type { AnyAlgorithm, Executor, Family, Tree } from '../contracts/index.ts';
import { dataset } from '../data/dataset.ts';
import { inline } from '../loop/inline.ts';
import type { AlgorithmTable, FamilyTable } from '../loop/spec.ts';
import { threads } from './threads.ts';

/** A family in a module of its own: cubes of the rows, with a config, as a user would write it. */
const FAMILY = `
export const families = {
  cubes: (config) => {
    const statistics = {
      key: 'cubes ' + config.factor,
      squares: 'none',
      width: (columns) => columns,
      statistics: ({ data, rows, cols }) => ({ data: data.map((x) => config.factor * x ** 3), rows, cols }),
      logBaseMeasure: () => null,
    };
    const termOf = (natural, width) => ({ form: 'linear', statistics, columns: null, width, natural });
    return {
      spec: { kind: 'family', name: 'cubes', module: import.meta.url, from: import.meta.url, config },
      scores: ({ natural }, bias) => ({ components: bias.length, bias, terms: [termOf(natural, natural.length / bias.length)] }),
    };
  },
};`;

/** An algorithm in another module, whose config holds families: it knows them by their functions alone. */
const ALGORITHM = `
export const algorithms = {
  sums: (config) => ({
    spec: { kind: 'algorithm', name: 'sums', module: import.meta.url, from: import.meta.url, config: {
      families: config.families.map(({ spec }) => spec),
    } },
    collect: (message, shard) => config.families.map((family) => {
      const { counts, sums, logEvidence } = shard.write(family.scores(message, new Float64Array(2)));
      return { counts, sums, logEvidence };
    }),
    update: (state) => ({ state, info: { objective: 0, logLikelihood: 0 } }),
  }),
};`;

const folder = mkdtempSync(join(tmpdir(), 'mixtention-own-'));
const write = (name: string, source: string): string => {
  writeFileSync(join(folder, name), source);
  return pathToFileURL(join(folder, name)).href;
};
const urls = { family: write('family.mjs', FAMILY), algorithm: write('algorithm.mjs', ALGORITHM) };
const data = dataset(matrix(Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i)])), { shardRows: 10 });
const ask = { message: { natural: Float64Array.of(1, -1, 0.5, 2) } };
let executor: Executor;
beforeAll(async () => {
  executor = await threads({ workers: 2, backend: 'plain' });
});
afterAll(async () => {
  await executor.close();
  rmSync(folder, { recursive: true, force: true });
});

async function algorithmOf(...factors: number[]): Promise<AnyAlgorithm> {
  const { families } = (await import(/* @vite-ignore */ urls.family)) as { families: FamilyTable };
  const { algorithms } = (await import(/* @vite-ignore */ urls.algorithm)) as { algorithms: AlgorithmTable };
  return algorithms.sums!({ families: factors.map((factor) => families.cubes!({ factor }) as Family) });
}

it("a user's own algorithm and the families in its config, each in a module of its own, run on threads as inline", async () => {
  const algorithm = await algorithmOf(1, 2);
  const due = await inline().collect(algorithm, ask, data);
  const [first, second] = due.sum as { sums: Float64Array[] }[];
  expect(first!.sums).not.toEqual(second!.sums);
  expect(await executor.collect(algorithm, ask, data)).toEqual(due);
});

it('families of one name and two configs are told apart, within a shard and between algorithms', async () => {
  const sumsOf = async (own: Executor, ...factors: number[]): Promise<Tree[]> =>
    (await own.collect(await algorithmOf(...factors), ask, data)).sum as Tree[];
  const [alone] = await sumsOf(executor, 3);
  const [first, second] = await sumsOf(executor, 3, 1);
  expect(first).toEqual(alone);
  expect(second).toEqual((await sumsOf(inline(), 1))[0]);
});

it('a module that is not there is named, with who asked for it', async () => {
  const algorithm = await algorithmOf(1);
  const lost = { ...algorithm, spec: { ...algorithm.spec, module: 'not-installed', from: urls.algorithm } };
  await expect(executor.collect(lost, ask, data)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining('the module "not-installed" of the algorithm "sums" is not found from "file:'),
  });
});
