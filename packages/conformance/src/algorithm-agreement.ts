import type { Executor, Tree } from '@mixtention/core';
import { applyTransform } from '@mixtention/core/data';
import { expect } from 'vitest';
import {
  type AlgorithmRow,
  type AlgorithmSubject,
  askOf,
  dataFor,
  mixtureOf,
  runAll,
  startOf,
  stepsOn,
  sumAll,
} from './algorithm-subject.ts';
import { expectClose, expectCloseTrees } from './expect-close.ts';
import { readRows } from './family-problem.ts';

/** Against naive loops, over worker threads, and on other backends. */
export const agreementRows: readonly AlgorithmRow[] = [
  {
    name: 'oracle',
    title: 'objective and log-likelihood are those of the naive loops at the same state',
    check: async (subject) => {
      const { conformance, problem, x, backend } = subject;
      const data = dataFor(subject, x);
      // A state that is shown, whatever intermediate passes came before it.
      const { state, info } = (await runAll(subject, data, startOf(subject, data, x), 2)).at(-1)!;
      const inner = applyTransform(x, data.transform);
      const tolerance = backend.precision === 'float32' ? 1e-4 : 1e-10;
      const isMeasured = Number.isFinite(info.logLikelihood);
      expect(isMeasured || conformance.oracle !== undefined, 'there is something to hold it to').toBe(true);
      if (isMeasured) {
        const { logWeights, params } = mixtureOf(subject, state);
        const due = readRows(problem.family, inner, problem.family.scores(params, logWeights)).logEvidence.reduce(
          (a, b) => a + b,
          0,
        );
        expectClose([info.logLikelihood], [due], tolerance * Math.max(1, Math.abs(due)), 'log-likelihood');
      }
      if (conformance.oracle !== undefined) {
        const due = conformance.oracle(state, inner, problem);
        expectClose([info.objective], [due], tolerance * Math.max(1, Math.abs(due), info.magnitude ?? 0), 'objective');
      }
    },
  },
  {
    name: 'backends-agree',
    title: 'statistics agree on every backend that there is',
    check: async (subject) => {
      const { algorithm, x, backend, backends } = subject;
      const data = dataFor(subject, x);
      const state = await stepsOn(subject, startOf(subject, data, x), data, 1);
      const due = numbersOf(await sumAll(algorithm, state, data, backend));
      for (const other of backends) {
        const own = dataFor({ ...subject, backend: other }, x);
        expectCloseTrees(sums(await sumAll(algorithm, state, own, other)), sums(due), 1e-4, other.name);
      }
    },
  },
];

/** Statistics without the name of the precision that they were computed in. */
function sums(stats: Tree): Tree {
  const { precision: _, ...rest } = stats as { readonly [name: string]: Tree };
  return rest;
}

/** The row that runs the algorithm on worker threads: these find it by its spec alone. */
export function threadsRow(open: (subject: AlgorithmSubject) => Promise<Executor>): AlgorithmRow {
  return {
    name: 'executors-agree',
    title: 'worker threads give the bits that this thread gives',
    check: async (subject) => {
      const { algorithm, x } = subject;
      const data = dataFor(subject, x);
      const executor = await open(subject);
      let state = startOf(subject, data, x);
      const due = await stepsOn(subject, state, data, 3);
      for (let shown = 0; shown < 3; ) {
        const collected = await executor.collect(algorithm, askOf(algorithm, state, data, executor), data);
        const { info, state: next } = algorithm.update(state as never, collected as never);
        state = next as Tree;
        if (info !== null) shown++;
      }
      expect(state).toStrictEqual(due);
    },
  };
}

/** A tree without its words: statistics may name the precision that they were made in. */
function numbersOf(tree: Tree): Tree {
  if (typeof tree === 'string') return '';
  if (Array.isArray(tree)) return tree.map(numbersOf);
  if (typeof tree !== 'object' || tree === null || tree instanceof Float64Array) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, numbersOf(value as Tree)]));
}
