import type { AnyAlgorithm, Mixture, StepInfo, Tree, Updated } from '@mixtention/core';
import { decodeTree, encodeTree, specOf } from '@mixtention/core/base';
import { build } from '@mixtention/core/loop';
import { importModules, locate } from '@mixtention/core/threads';
import { expect } from 'vitest';
import {
  type AlgorithmRow,
  type AlgorithmSubject,
  askOf,
  collectAll,
  dataFor,
  mixtureOf,
  startOf,
  stepsOn,
} from './algorithm-subject.ts';
import { freezeTree } from './deep-freeze.ts';

/** The contract, and states as plain data. */
export const plainRows: readonly AlgorithmRow[] = [
  {
    name: 'contract',
    title: 'has the four functions, claims, and a spec from which the same algorithm is rebuilt',
    check: async (subject) => {
      const { algorithm, conformance, config, x } = subject;
      const { spec, claims } = algorithm;
      for (const name of ['init', 'ask', 'collect', 'update'] as const) expect(typeof algorithm[name]).toBe('function');
      expect(['monotone', 'noisy']).toContain(claims.objective);
      expect([spec.kind, spec.name]).toEqual(['algorithm', conformance.name]);
      expect(structuredClone(spec.config)).toStrictEqual(specOf(config));
      const modules = await importModules(locate(structuredClone(spec)));
      const { module } = locate(spec);
      // Algorithms that drive others find these beside them.
      const own = { algorithms: { ...modules[module]?.algorithms, [conformance.name]: conformance.factory } };
      const rebuilt = build(locate(structuredClone(spec)), { ...modules, [module]: own }) as AnyAlgorithm;
      const data = dataFor(subject, x);
      expect(startOf({ algorithm: rebuilt }, data, x)).toStrictEqual(startOf(subject, data, x));
    },
  },
  {
    name: 'pure',
    title:
      'ask, collect and update leave their arguments alone and repeat their answers bit for bit; init repeats with its key',
    check: async (subject) => {
      const { algorithm, x, backend } = subject;
      const data = dataFor(subject, x);
      const first = startOf(subject, data, x);
      expect(startOf(subject, data, x)).toStrictEqual(first);
      const state = freezeTree(await stepsOn(subject, first, data, 1));
      const asked = structuredClone(askOf(algorithm, state.frozen, data, backend));
      expect(askOf(algorithm, state.frozen, data, backend)).toStrictEqual(asked);
      const stats = freezeTree((await collectAll(algorithm, state.frozen, data, backend)) as unknown as Tree);
      expect(await collectAll(algorithm, state.frozen, data, backend)).toStrictEqual(stats.frozen);
      const next = structuredClone(update(subject, state.frozen, stats.frozen));
      expect(update(subject, state.frozen, stats.frozen)).toStrictEqual(next);
      expect(state.frozen).toStrictEqual(state.before);
      expect(stats.frozen).toStrictEqual(stats.before);
    },
  },
  {
    name: 'plain-data',
    title:
      'state, message, statistics and info survive structuredClone and a file, and the copy continues with the same bits',
    check: async (subject) => {
      const { algorithm, x, backend } = subject;
      const data = dataFor(subject, x);
      const state = await stepsOn(subject, startOf(subject, data, x), data, 2);
      const stats = await collectAll(algorithm, state, data, backend);
      const next = update(subject, state, stats);
      for (const copy of [
        <T>(tree: T): T => structuredClone(tree),
        <T>(tree: T): T => decodeTree(encodeTree(tree as Tree)) as T,
      ]) {
        expect(copy(state)).toStrictEqual(state);
        const ask = askOf(algorithm, state, data, backend);
        expect(copy(ask)).toStrictEqual(ask);
        expect(copy(next)).toStrictEqual(next);
        expect(await collectAll(algorithm, copy(state), data, backend)).toStrictEqual(stats);
        expect(update(subject, copy(state), copy(stats))).toStrictEqual(next);
      }
    },
  },
  {
    name: 'shape-stable',
    title: 'a step changes no name or kind of what a state holds, and lengths only with the number of components',
    check: async (subject) => {
      const data = dataFor(subject, subject.x);
      const first = startOf(subject, data, subject.x);
      for (const steps of [1, 4]) {
        const last = await stepsOn(subject, first, data, steps);
        const isAlike = componentsOf(subject, last) === componentsOf(subject, first);
        expect(shapeOf(last, isAlike)).toStrictEqual(shapeOf(first, isAlike));
      }
    },
  },
  {
    name: 'resume',
    title: 'six steps are three, a file, and three more, bit for bit',
    check: async (subject) => {
      const data = dataFor(subject, subject.x);
      const first = startOf(subject, data, subject.x);
      const half = await stepsOn(subject, first, data, 3);
      const resumed = await stepsOn(subject, decodeTree(encodeTree(half)), dataFor(subject, subject.x), 3);
      expect(resumed).toStrictEqual(await stepsOn(subject, first, data, 6));
    },
  },
];

function update({ algorithm }: AlgorithmSubject, state: Tree, collected: unknown): Updated<Tree, StepInfo> {
  return algorithm.update(state as never, collected as never) as Updated<Tree, StepInfo>;
}

function componentsOf(subject: AlgorithmSubject, state: Tree): number | undefined {
  return (mixtureOf(subject, state) as Partial<Mixture>).logWeights?.length;
}

/** Names and kinds of a tree, and lengths where they are wanted. */
function shapeOf(tree: Tree, withLengths: boolean): unknown {
  if (tree instanceof Float64Array) return withLengths ? `Float64Array(${tree.length})` : 'Float64Array';
  if (Array.isArray(tree)) return withLengths ? tree.map((part) => shapeOf(part, true)) : 'list';
  if (typeof tree !== 'object' || tree === null) return typeof tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, shapeOf(value as Tree, withLengths)]));
}
