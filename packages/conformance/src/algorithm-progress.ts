import type { Matrix, Tree } from '@mixtention/core';
import { MixtentionError } from '@mixtention/core';
import { encodeTree, isHealthy, priorOf, specOf } from '@mixtention/core/base';
import { meanStatistics } from '@mixtention/core/data';
import type { Step } from '@mixtention/core/loop';
import { standardErrors } from '@mixtention/core/testing';
import { expect } from 'vitest';
import {
  type AlgorithmRow,
  type AlgorithmSubject,
  centersOf,
  dataFor,
  mixtureOf,
  runAll,
  startOf,
  stepsOn,
} from './algorithm-subject.ts';
import { expectClose, scaleOf } from './expect-close.ts';
import { COMPONENTS } from './family-problem.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Steps lead upwards, to a fixed point, and to the components that made the data. */
export const progressRows: readonly AlgorithmRow[] = [
  {
    name: 'objective',
    title:
      'the objective never falls beyond rounding (monotone), or rises on average over seeds (noisy); with a prior too',
    check: async (subject) => {
      const withPrior = withWeakPrior(subject);
      const isOther = encodeTree(specOf(withPrior.config)) !== encodeTree(specOf(subject.config));
      for (const own of isOther ? [subject, withPrior] : [subject]) {
        const isMonotone = own.algorithm.claims.objective === 'monotone';
        const runs = await Promise.all(SEEDS.slice(0, isMonotone ? 2 : 4).map((seed) => climb(own, seed)));
        if (isMonotone) for (const steps of runs) expectMonotone(own, steps);
        else expectRise(runs);
      }
    },
  },
  {
    name: 'fixed-point',
    title: 'where it has converged a step changes nothing that matters',
    check: async (subject) => {
      const data = dataFor(subject, subject.x);
      const isNoisy = subject.algorithm.claims.objective === 'noisy';
      const { state } = (
        await runAll(
          subject,
          data,
          startOf(subject, data, subject.x),
          (isNoisy ? 2 : 5) * steps(subject),
          isNoisy ? 1e-8 : 0,
        )
      ).at(-1)!;
      const before = centersOf(subject, state).data;
      const after = centersOf(subject, await stepsOn(subject, state, data, 1)).data;
      const tolerance = isNoisy ? 0.02 : subject.backend.precision === 'float32' ? 1e-3 : 1e-6;
      expectClose(after, before, tolerance * scaleOf(before), 'centres after one more step');
    },
  },
  {
    name: 'recovers',
    title: 'components well apart are recovered from some start, up to their order',
    check: async (subject) => {
      const { x, labels } = subject;
      const data = dataFor(subject, x);
      const due = meansByLabel(x, labels);
      const { family } = subject.problem;
      const misses: number[] = [];
      for (const seed of SEEDS) {
        const { state } = (await runAll(subject, data, startOf(subject, data, x, seed), steps(subject))).at(-1)!;
        const centers = family.describe(family.unscale(mixtureOf(subject, state).params, data.transform)).means;
        misses.push(Math.max(...due.map((_, k) => nearest(due, k, centers))));
        if (misses.at(-1)! < 0.35) return;
      }
      expect.fail(
        `no start of ${SEEDS.length} came within 0.35 deviations of the components: ${misses.map((miss) => miss.toFixed(2)).join(', ')}`,
      );
    },
  },
  {
    name: 'degenerate',
    title:
      'rows all alike, a constant column, few distinct rows, one row, fewer rows than components: healthy states and a status',
    check: async (subject) => {
      for (const [name, x] of Object.entries(degenerateData(subject.x))) {
        const data = dataFor(subject, x);
        const last = await attempt(subject, data, x);
        if (last === null) continue;
        expect(isHealthy(last.state), `state of ${name}`).toBe(true);
        expect(['converged', 'stopped', 'degenerate'], `status of ${name}: ${last.message}`).toContain(last.status);
        expect(centersOf(subject, last.state).data.every(Number.isFinite), `centres of ${name}`).toBe(true);
      }
    },
  },
  {
    name: 'dead-component',
    title: 'a component that owns nothing stays finite and harms no other',
    check: async (subject) => {
      const { conformance, config, problem, x } = subject;
      const data = dataFor(subject, x);
      const { means, ...rest } = problem.family.describe(mixtureOf(subject, startOf(subject, data, x)).params);
      const params = problem.family.fromDescription({ means, ...rest });
      // exp(−40) of the weight: less than half a row in 10^17.
      const start = { logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5), -40), params };
      const state = conformance.stateOf === undefined ? start : conformance.stateOf(start, config);
      const last = (await runAll(subject, data, state, 20)).at(-1)!;
      expect(isHealthy(last.state)).toBe(true);
      expect(last.status).not.toBe('diverged');
    },
  },
];

async function climb(subject: AlgorithmSubject, seed: number): Promise<Step[]> {
  const data = dataFor(subject, subject.x);
  return runAll(subject, data, startOf(subject, data, subject.x, seed), 40, 0);
}

function expectMonotone({ backend }: AlgorithmSubject, steps: readonly Step[]): void {
  const rounding = backend.precision === 'float32' ? 1e-5 : 1e-12;
  expect(steps.length).toBeGreaterThan(1);
  for (const { gain, info, iteration } of steps.slice(1)) {
    const size = Math.max(1, Math.abs(info.objective), info.magnitude ?? 0);
    expect(gain, `gain of step ${iteration}`).toBeGreaterThanOrEqual(-rounding * size);
  }
}

/** Falls of single runs are allowed; the mean of all must lie above 0, and no further from there than chance could put it. */
function expectRise(runs: readonly (readonly Step[])[]): void {
  const gains = runs.map((steps) => steps.at(-1)!.info.objective - steps[0]!.info.objective);
  const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
  expect(mean > 0 || standardErrors(gains, 0) < 5, `mean gain ${mean} over ${gains.length} seeds`).toBe(true);
  expect(Math.max(...gains)).toBeGreaterThan(0);
}

function withWeakPrior(subject: AlgorithmSubject): AlgorithmSubject {
  const { conformance, problem, x } = subject;
  const { family } = problem;
  const mean = meanStatistics(family.terms(x.cols), dataFor(subject, x));
  const withPrior = { ...problem, prior: priorOf(family, 'conformance/algorithm').weak(x.cols, mean) as Tree };
  const config = conformance.config(withPrior);
  return { ...subject, problem: withPrior, config, algorithm: conformance.factory(config) };
}

function degenerateData(x: Matrix): { readonly [name: string]: Matrix } {
  const { cols } = x;
  const map = (rows: number, value: (n: number, d: number) => number): Matrix => ({
    data: Float64Array.from({ length: rows * cols }, (_, i) => value(Math.floor(i / cols), i % cols)),
    rows,
    cols,
  });
  const at = (n: number, d: number): number => x.data[n * cols + d]!;
  return {
    'rows all alike': map(30, (_, d) => at(0, d)),
    'a constant column': map(60, (n, d) => (d === 0 ? at(0, 0) : at(n, d))),
    'two distinct rows': map(100, (n, d) => at(n % 2, d)),
    'one row': map(1, (_, d) => at(0, d)),
    'fewer rows than components': map(COMPONENTS - 1, at),
  };
}

/** The last step of a run, or null where `init` refuses the data with a sentence. */
async function attempt(subject: AlgorithmSubject, data: ReturnType<typeof dataFor>, x: Matrix): Promise<Step | null> {
  try {
    return (await runAll(subject, data, startOf(subject, data, x), 30)).at(-1)!;
  } catch (error) {
    if (error instanceof MixtentionError) return null;
    throw error;
  }
}

function steps({ conformance }: AlgorithmSubject): number {
  return conformance.steps ?? 200;
}

type Labelled = { readonly mean: number[]; readonly deviation: number[] };

function meansByLabel(x: Matrix, labels: Int32Array): Labelled[] {
  return Array.from({ length: COMPONENTS }, (_, k) => {
    const rows = Array.from({ length: x.rows }, (_, n) => n).filter((n) => labels[n] === k);
    const columns = Array.from({ length: x.cols }, (_, d) => rows.map((n) => x.data[n * x.cols + d]!));
    const mean = columns.map((column) => column.reduce((a, b) => a + b, 0) / rows.length);
    const deviation = columns.map((column, d) =>
      Math.sqrt(column.reduce((sum, v) => sum + (v - mean[d]!) ** 2, 0) / rows.length),
    );
    return { mean, deviation };
  });
}

/** Largest distance over columns to the nearest centre, in standard deviations of the component's rows. */
function nearest(due: readonly Labelled[], k: number, centers: Matrix): number {
  const { mean, deviation } = due[k]!;
  const distances = Array.from({ length: centers.rows }, (_, j) =>
    Math.max(...mean.map((m, d) => Math.abs(m - centers.data[j * centers.cols + d]!) / Math.max(0.05, deviation[d]!))),
  );
  return Math.min(...distances);
}
