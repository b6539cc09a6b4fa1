import type { Backend, BackendName, Executor, Family } from '@mixtention/core';
import type { AlgorithmTable } from '@mixtention/core/loop';
import { backendNames, loadBackend, threads } from '@mixtention/core/threads';
import { afterAll, expect, it } from 'vitest';
import { agreementRows, threadsRow } from './algorithm-agreement.ts';
import { plainRows } from './algorithm-plain.ts';
import { progressRows } from './algorithm-progress.ts';
import {
  type AlgorithmConformance,
  type AlgorithmRow,
  type AlgorithmSubject,
  algorithmSubject,
} from './algorithm-subject.ts';
import { sumRows } from './algorithm-sums.ts';
import type { Discovered } from './discover.ts';
import { declareRows } from './rows.ts';

/** Every row but that of worker threads, which needs some. */
export const algorithmRows: readonly AlgorithmRow[] = [...plainRows, ...sumRows, ...progressRows, ...agreementRows];

export type AlgorithmSuiteOptions = {
  /** Every family that there is, by name. */
  readonly families: { readonly [name: string]: Family };
};

/**
 * The suite that every algorithm meets, on every family that it takes: the contract, plain data, sums that depend neither on cuts nor order,
 * steps that rise to the components that made the data, degenerate rows, the oracle, worker threads and other backends.
 *
 * Call it at the top level of a test file, awaited: the backends that there are must be known before tests are declared.
 *
 * @example
 * const config = ({ family, components, prior }) => ({ family, components, start: 'k-means++', prior, weights: dirichlet(1), floor: 1e-6 });
 * await testAlgorithm({ name: 'em/batch', factory: batch, families: ['bernoulli'], config }, { families: simpleFamilies });
 */
export async function testAlgorithm(
  conformance: AlgorithmConformance,
  { families }: AlgorithmSuiteOptions,
): Promise<void> {
  const backends = await availableBackends();
  const pools = new Map<BackendName, Promise<Executor>>();
  const open = ({ backend: { name } }: AlgorithmSubject): Promise<Executor> => {
    if (!pools.has(name)) pools.set(name, threads({ workers: 2, backend: name }));
    return pools.get(name)!;
  };
  afterAll(async () => {
    for (const pool of pools.values()) await (await pool).close();
  });
  const rows = [...algorithmRows, threadsRow(open)];
  const names = conformance.families === 'every' ? Object.keys(families) : conformance.families;
  for (const name of names) {
    const make = (): AlgorithmSubject => algorithmSubject(conformance, families[name]!, backends);
    declareRows(`${conformance.name} on ${name}`, rows, make, { skips: conformance.skips ?? [], on: name });
  }
}

/**
 * Runs the suite for the algorithm of every folder, as `<name>/<name>.conformance.ts` describes it, and requires every algorithm of the
 * package's table to have such a file.
 *
 * @param table    what the package exports as `algorithms`
 * @param folders  as `discover(import.meta.url, '.conformance.ts')` finds them
 *
 * @example
 * await testAlgorithms(algorithms, await discover(import.meta.url, '.conformance.ts'), { families: simpleFamilies });
 */
export async function testAlgorithms(
  table: AlgorithmTable,
  folders: readonly Discovered[],
  options: AlgorithmSuiteOptions,
): Promise<void> {
  const found = folders.map(({ module }) => module.conformance as AlgorithmConformance);
  it('the folders that describe an algorithm and the table of algorithms name the same ones', () => {
    expect(found.map(({ name }) => name).sort()).toEqual(Object.keys(table).sort());
    expect(found.map(({ name }) => name.split('/')[1])).toEqual(folders.map(({ name }) => name));
    for (const { name, factory } of found) expect(table[name]).toBe(factory);
  });
  for (const conformance of found) await testAlgorithm(conformance, options);
}

async function availableBackends(): Promise<Backend[]> {
  const loaded = await Promise.allSettled(backendNames.map((name) => loadBackend(name)));
  loaded.forEach((outcome, i) => {
    if (outcome.status === 'rejected')
      it(`backend ${backendNames[i]} is not available here: ${(outcome.reason as Error).message}`, () =>
        expect(['native', 'tfjs-node']).toContain(backendNames[i]));
  });
  return loaded.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
