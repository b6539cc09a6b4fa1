import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lookUp } from '@mixtention/core/base';
import { openExecutor } from '@mixtention/core/threads';
import { type BayesOptions, fitBayes } from '@mixtention/em';
import { writeFileAtomic } from '@mixtention/files';
import { dirichletProcess } from '@mixtention/mixture';
import { checkCount } from '@mixtention/mixture/fit';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { type Machine, machine } from '../speed/machine.ts';
import { table } from '../speed/table.ts';
import { type Planted, plantedBernoulli, plantedGaussians } from './planted.ts';
import { apart } from './same-partition.ts';

const MOST = 40;
/** A component is found where it owns more rows than this. */
const MORE_THAN = 2;
/** Two fits have one partition where they label no more than this share of the rows otherwise. */
const SAME = 0.001;

const sticks = { weights: dirichletProcess(1) };

/** How the number of components is learnt; bounds of one prior compare. */
const METHODS: readonly { readonly name: string; readonly prior: string; readonly options: BayesOptions }[] = [
  {
    name: `from ${MOST}`,
    prior: 'Dirichlet(0.001)',
    options: { components: MOST, prior: { concentration: 0.001 } },
  },
  { name: `from ${MOST}`, prior: 'Dirichlet process', options: { components: MOST, prior: sticks } },
  { name: 'moves from 1', prior: 'Dirichlet process', options: { components: 1, moves: 'all', prior: sticks } },
  {
    name: `moves from ${MOST}`,
    prior: 'Dirichlet process',
    options: { components: MOST, moves: 'all', prior: sticks },
  },
  { name: 'moves from 10', prior: 'Dirichlet process', options: { components: 10, moves: 'all', prior: sticks } },
  ...[1, 10, MOST].map((components) => ({
    name: `moves from ${components}`,
    prior: 'the default',
    options: { components, moves: 'all' as const },
  })),
  {
    name: 'moves from 1, memoized',
    prior: 'Dirichlet process',
    options: { components: 1, moves: 'all', schedule: 'memoized', prior: sticks },
  },
];

const CASES: { readonly [name: string]: { readonly family: string; plant(seed: number): Planted } } = {
  bernoulli: { family: 'bernoulli', plant: plantedBernoulli },
  gaussians: { family: 'gaussian', plant: plantedGaussians },
};

type Run = {
  readonly method: string;
  readonly prior: string;
  readonly seed: number;
  readonly found: number;
  readonly bound: number;
  readonly status: string;
  readonly seconds: number;
};

type CaseResult = {
  readonly name: string;
  readonly components: number;
  readonly runs: readonly Run[];
  /** Pairs of fits under one prior that found one partition, and by how much their bounds differ at most, relative. */
  readonly agreement: { readonly pairs: number; readonly furthest: number };
};

/** What `npm run bench:learn-k` keeps in `results/learn-k.json`. */
type LearnKResults = { readonly machine: Machine; readonly cases: readonly CaseResult[] };

/** `npm run bench:learn-k`: whether a number of components that is learnt is the planted one, whatever the fit begins with. */
await runCommand(async (signal) => {
  const { SEEDS, CASES: wanted } = process.env;
  const seeds = SEEDS === undefined ? [0, 1, 2, 3, 4] : SEEDS.split(',').map(Number);
  const names = wanted === undefined ? Object.keys(CASES) : wanted.split(',');
  for (const seed of seeds) checkCount('bench/learn-k', 'SEEDS', seed, 0);
  for (const name of names) lookUp('bench/learn-k', 'CASES', name, CASES);
  const cases: CaseResult[] = [];
  for (const name of names) {
    const result = await resultOf(name, seeds, signal);
    cases.push(result);
    console.log(`${name}: ${result.components} components were planted; seeds ${seeds.join(', ')}\n`);
    console.log(`${tableOf(result)}\n`);
    const { pairs, furthest } = result.agreement;
    const gap = pairs === 0 ? '' : `; their bounds differ by ${furthest.toExponential(1)} at most, relative`;
    console.log(`${pairs} pairs of fits under one prior found one partition${gap}\n`);
  }
  // A part of it would stand for the whole.
  if (SEEDS !== undefined || wanted !== undefined) return;
  const folder = join(repository, 'packages/bench/results');
  await mkdir(folder, { recursive: true });
  const kept: LearnKResults = { machine: machine(), cases };
  await writeFileAtomic(join(folder, 'learn-k.json'), `${JSON.stringify(kept, null, 1)}\n`);
});

async function resultOf(name: string, seeds: readonly number[], signal: AbortSignal): Promise<CaseResult> {
  const { family, plant } = CASES[name]!;
  const runs: Run[] = [];
  let pairs = 0;
  let furthest = 0;
  let planted = 0;
  for (const seed of seeds) {
    const { x, components } = plant(seed);
    planted = components;
    const executor = await openExecutor({ problem: { rows: x.rows, components: MOST, width: x.cols } });
    const told: { readonly prior: string; readonly bound: number; readonly labels: ArrayLike<number> }[] = [];
    try {
      for (const { name: method, prior, options } of METHODS) {
        const begun = performance.now();
        const { info, bound, status, model } = await fitBayes(x, { ...options, family, seed, executor, signal });
        const seconds = (performance.now() - begun) / 1000;
        const found = info.counts.filter((n) => n > MORE_THAN).length;
        runs.push({ method, prior, seed, found, bound, status, seconds });
        const labels = model.predict(x);
        for (const other of told) {
          if (other.prior !== prior || apart(labels, other.labels) > SAME) continue;
          pairs++;
          furthest = Math.max(furthest, Math.abs(bound / other.bound - 1));
        }
        told.push({ prior, bound, labels });
      }
    } finally {
      await executor.close();
    }
  }
  return { name, components: planted, runs, agreement: { pairs, furthest } };
}

function tableOf({ components, runs }: CaseResult): string {
  const rows = METHODS.map(({ name, prior }) => {
    const own = runs.filter((run) => run.method === name && run.prior === prior);
    const right = own.filter(({ found }) => found === components).length;
    const seconds = own.map((run) => run.seconds.toFixed(1)).join(' ');
    const bounds = own.map(({ bound }) => bound.toFixed(2)).join(' ');
    return [name, prior, own.map(({ found }) => found).join(' '), `${right} of ${own.length}`, seconds, bounds];
  });
  return table([['variational Bayes', 'prior of the weights', 'found', 'right', 'seconds', 'bound'], ...rows]);
}
