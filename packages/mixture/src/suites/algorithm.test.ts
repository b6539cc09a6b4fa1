import { algorithmRows, algorithmSubject } from '@mixtention/conformance';
import type { AnyAlgorithm, Collected, Family, Shard, Tree, Written } from '@mixtention/core';
import { type Mixture, plain } from '@mixtention/core';
import { describe, expect, it } from 'vitest';
import { gaussianSpherical } from '../families/index.ts';
import { startMixture } from '../starts/index.ts';

const family: Family = gaussianSpherical;

/** EM in its shortest form. */
function tiny(config: Tree): AnyAlgorithm {
  return {
    spec: { kind: 'algorithm', name: 'core/tiny', module: '@mixtention/mixture', from: import.meta.url, config },
    claims: { objective: 'monotone' },
    init: (key, sample) => startMixture({ family, components: 3, start: 'k-means++' }, key, sample),
    ask: (message) => ({ message }),
    collect({ logWeights, params }: Mixture, shard: Shard, cancel) {
      const { counts, sums, logEvidence } = shard.write(family.scores(params, logWeights), cancel ? { cancel } : {});
      return { counts, sums, logEvidence };
    },
    update({ params }: Mixture, { sum }: Collected<Written>) {
      const { counts, sums, logEvidence } = sum!;
      const total = counts.reduce((a, b) => a + b, 0);
      const { params: next, degenerate } = family.estimate(counts, sums, params, 1e-6);
      return {
        state: { logWeights: counts.map((n) => Math.log(n / total)), params: next },
        info: { objective: logEvidence, logLikelihood: logEvidence, degenerate },
      };
    },
  };
}

type Update = AnyAlgorithm['update'];
type Collect = AnyAlgorithm['collect'];
const own = tiny({});
const withUpdate = (
  change: (result: { state: Mixture; info: { objective: number } }, stats: Written, state: Mixture) => object,
): AnyAlgorithm => ({
  ...own,
  update: ((state, collected) => {
    const result = own.update(state, collected) as never;
    return { ...(result as object), ...change(result, collected.sum, state) };
  }) as Update,
});
const withCollect = (change: (written: Written, shard: Shard, state: Mixture) => object): AnyAlgorithm => ({
  ...own,
  collect: ((state, shard, cancel) => {
    const written = own.collect(state, shard, cancel);
    return { ...written, ...change(written, shard, state) };
  }) as Collect,
});

let calls = 0;

// One planted bug for each row that must notice it.
const planted: readonly (readonly [row: string, bug: string, algorithm: AnyAlgorithm])[] = [
  ['contract', 'its spec has another name', { ...own, spec: { ...own.spec, name: 'mixture/other' } }],
  ['pure', 'the state counts calls', withUpdate(({ state }) => ({ state: { ...state, calls: ++calls } }))],
  ['plain-data', 'the state holds a function', withUpdate(({ state }) => ({ state: { ...state, now: () => 0 } }))],
  ['shape-stable', 'the state grows by a name', withUpdate(({ state }) => ({ state: { ...state, seen: 1 } }))],
  [
    'resume',
    'the state is remembered outside of it',
    withUpdate(({ state }) => ({ state: { ...state, logWeights: state.logWeights.map((w) => w - 1e-9 * ++calls) } })),
  ],
  [
    'shard-invariant',
    'every shard counts one row too many',
    withCollect(({ counts }) => ({ counts: counts.map((n) => n + 1) })),
  ],
  [
    'order-invariant',
    'rows are weighed by their place',
    withCollect(({ sums }, { start }) => ({ sums: sums.map((own) => own.map((s) => s * (1 + start))) })),
  ],
  [
    'relabel-equivariant',
    'the first component is special',
    withUpdate(({ state }) => ({
      state: { ...state, logWeights: state.logWeights.map((w, k) => (k === 0 ? w - 0.1 : w)) },
    })),
  ],
  [
    'row-weights',
    'weights are ignored',
    {
      ...own,
      collect: ((state, shard, cancel) =>
        own.collect(
          state,
          {
            ...shard,
            write: (s, o) =>
              shard.write(s, {
                ...o,
                rowWeights: shard.weights?.map((w) => 1 / (w || 1)) ?? new Float64Array(shard.rows).fill(1),
              }),
          },
          cancel,
        )) as Collect,
    },
  ],
  [
    'cancel',
    'cancellation is not passed on',
    { ...own, collect: ((state, shard) => own.collect(state, shard)) as Collect },
  ],
  [
    'objective',
    'the objective has the wrong sign',
    withUpdate(({ info }) => ({ info: { ...info, objective: -info.objective } })),
  ],
  [
    'fixed-point',
    'components change places at every step',
    withUpdate(({ state: { logWeights, params } }) => ({
      state: {
        logWeights: Float64Array.of(logWeights[1]!, logWeights[2]!, logWeights[0]!),
        params: family.select(params, [1, 2, 0]),
      },
    })),
  ],
  [
    'recovers',
    'every component is drawn to the origin',
    withUpdate(({ state }) => ({
      state: {
        ...state,
        params: {
          ...(state.params as { means: Float64Array }),
          means: (state.params as { means: Float64Array }).means.map((m) => 0.5 * m),
        },
      },
    })),
  ],
  [
    'degenerate',
    'an empty component divides by nothing',
    withUpdate(({ state }, { counts }) => ({
      state: { ...state, params: { ...(state.params as object), ratio: counts.map((n) => 0 / (n < 1e-6 ? 0 : n)) } },
    })),
  ],
  [
    'oracle',
    'the log-likelihood is a mean',
    withUpdate(({ info }) => ({ info: { ...info, logLikelihood: info.objective / 240 } })),
  ],
];

describe('the suite of algorithms notices', () => {
  const subject = algorithmSubject(
    { name: 'core/tiny', factory: tiny, families: ['gaussian-spherical'], config: () => ({}) },
    family,
    [plain],
  );
  for (const [name, bug, algorithm] of planted) {
    it(`${bug}, in the row "${name}"`, async () => {
      const row = algorithmRows.find((candidate) => candidate.name === name)!;
      await expect(async () => row.check({ ...subject, algorithm })).rejects.toThrow();
      await row.check(subject);
    });
  }
});

describe('an algorithm whose steps take an intermediate pass meets the suite', () => {
  const algorithm: AnyAlgorithm = {
    ...own,
    init: (key, sample) => ({ ...own.init(key, sample), half: 0 }),
    update(state: Mixture & { readonly half: number }, collected) {
      if (state.half === 0) return { state: { ...state, half: 1 }, info: null };
      const { state: next, info } = own.update(state, collected);
      return { state: { ...next, half: 0 }, info };
    },
  };
  const subject = algorithmSubject(
    { name: 'core/tiny', factory: () => algorithm, families: ['gaussian-spherical'], config: () => ({}) },
    family,
    [plain],
  );
  for (const { title, check } of algorithmRows) it(title, async () => check(subject));
});

describe('an algorithm whose steps change the number of components', () => {
  const factory = (): AnyAlgorithm => ({
    ...own,
    update(state: Mixture, collected) {
      const { state: next, info } = own.update(state, collected) as { state: Mixture; info: never };
      const order = Array.from(next.logWeights.keys(), (k) => k).slice(0, -1);
      if (order.length < 2) return { state: next, info };
      return {
        state: { logWeights: next.logWeights.slice(0, -1), params: family.select(next.params, order) as never },
        info,
      };
    },
  });
  const subject = algorithmSubject(
    { name: 'core/tiny', factory, families: ['gaussian-spherical'], config: () => ({}) },
    family,
    [plain],
  );
  it('keeps names and kinds, which the row "shape-stable" holds it to', async () => {
    await algorithmRows.find(({ name }) => name === 'shape-stable')!.check(subject);
  });
});
