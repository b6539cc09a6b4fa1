import { expect, test } from 'vitest';
import { decodeTree, encodeTree } from '../base/tree.ts';
import type { AnyAlgorithm, Claims, Resumable, Step, StepInfo, Tree } from '../contracts/index.ts';
import { dataset } from '../data/dataset.ts';
import { inline } from './inline.ts';
import { type RunOptions, run } from './run.ts';

const data = dataset({ data: Float64Array.of(1, 2, 3, 4), rows: 4, cols: 1 }, { shardRows: 1 });

/** Halves the distance of its state to the mean of the data; the objective is minus the squared distance. */
function halving(
  claims: Claims['objective'] = 'monotone',
  change: (info: StepInfo, state: number) => StepInfo = (info) => info,
): AnyAlgorithm {
  return {
    spec: { kind: 'algorithm', name: 'test/halving', module: '', from: '', config: null },
    claims: { objective: claims },
    init: () => 10,
    ask: (message: number) => ({ message }),
    collect: (_: number, shard) => ({ sum: shard.matrix().data[0]!, rows: shard.rows }),
    update(state: number, { sum: stats }) {
      const mean = stats.sum / stats.rows;
      const objective = -((state - mean) ** 2);
      return { state: state + (mean - state) / 2, info: change({ objective, logLikelihood: objective }, state) };
    },
  };
}

async function steps(algorithm: AnyAlgorithm, { state = 10, resume, ...limits }: Asked = {}): Promise<Step[]> {
  const from = resume === undefined ? { state } : { resume };
  const all: Step[] = [];
  for await (const step of run(algorithm, data, { executor: inline(), ...limits, ...from })) all.push(step);
  return all;
}

type Asked = Partial<Omit<RunOptions, 'state' | 'first' | 'resume'>> & { state?: Tree; resume?: Resumable };

test('a run yields measured states: info speaks of the state beside it', async () => {
  const all = await steps(halving(), { maxIterations: 2 });
  expect(all.map(({ state }) => state)).toEqual([10, 6.25, 4.375]);
  expect(all.map(({ info }) => info.objective)).toEqual([-(7.5 ** 2), -(3.75 ** 2), -(1.875 ** 2)]);
  expect(all.map(({ iteration, status }) => [iteration, status])).toEqual([
    [0, 'running'],
    [1, 'running'],
    [2, 'stopped'],
  ]);
});

test('a run converges when no more than the tolerance is left to gain a row, at two steps in a row', async () => {
  const all = await steps(halving(), { tolerance: 1e-6 });
  const [before, last] = all.slice(-2);
  expect([before!.status, last!.status]).toEqual(['running', 'converged']);
  // The objective ends at 0.
  for (const { info, remainingGain, rate } of [before!, last!]) {
    expect(remainingGain).toBeCloseTo(-info.objective / 4, 12);
    expect(rate).toBeCloseTo(0.25, 9);
  }
  expect(before!.remainingGain).toBeLessThanOrEqual(1e-6);
  expect(all.at(-3)!.remainingGain).toBeGreaterThan(1e-6);
});

test('a run without tolerance ends when float64 shows no gain, or a step changes nothing', async () => {
  const last = (await steps(halving(), { tolerance: 0 })).at(-1)!;
  expect(last.status).toBe('converged');
  expect(-last.info.objective).toBeLessThan(1e-14);
  const fixed = (await steps(halving(), { state: 2.5, tolerance: 0 })).at(-1)!;
  expect(fixed).toMatchObject({ iteration: 1, status: 'converged', remainingGain: 0 });
  expect(fixed.message).toContain('changes nothing');
});

test('no iterations: the start is measured and handed back', async () => {
  const all = await steps(halving(), { maxIterations: 0 });
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ iteration: 0, state: 10, status: 'stopped' });
});

test('an objective that falls, or is not a number, is divergence and no exception', async () => {
  const falling = halving('monotone', (info) => ({ ...info, objective: -info.objective }));
  expect((await steps(falling)).at(-1)!.status).toBe('diverged');
  const broken = halving('monotone', (info) => ({ ...info, objective: Number.NaN }));
  expect((await steps(broken)).at(-1)!.status).toBe('diverged');
});

test('a bound that falls is told with the terms that fell', async () => {
  const falling = halving('monotone', (info, state) => ({
    ...info,
    objective: info.objective - 2 * info.objective,
    boundTerms: { data: info.objective, weights: -2 * info.objective, components: state },
  }));
  const { status, message } = (await steps(falling)).at(-1)!;
  expect(status).toBe('diverged');
  // 2 · 7.5² before, 2 · 3.75² after.
  expect(message).toMatch(
    /^of the bound's terms fell "weights" by 84\.4, "components" by 3\.75 nats: the objective fell/,
  );
});

test('an algorithm that may fall is not stopped by a fall, but by what it says itself', async () => {
  const noisy = halving('noisy', (info, state) => ({
    ...info,
    objective: -info.objective,
    ...(state < 3 && { status: 'converged' as const }),
  }));
  expect((await steps(noisy, { maxIterations: 3 })).at(-1)!.status).toBe('stopped');
  expect((await steps(noisy)).at(-1)!.status).toBe('converged');
});

test('a budget of no time stops after the first measured state', async () => {
  expect(await steps(halving(), { budgetMs: -1 })).toMatchObject([{ status: 'stopped' }]);
});

test('an abort ends the run with ABORTED and the reason as cause', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const going = (async () => {
    for await (const { iteration } of run(halving(), data, {
      executor: inline(),
      state: 10,
      tolerance: 0,
      signal: controller.signal,
    })) {
      seen.push(iteration);
      if (iteration === 2) controller.abort('enough');
    }
  })();
  await expect(going).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
  expect(seen).toEqual([0, 1, 2]);
});

test('a consumer may leave the loop at any step', async () => {
  const executor = inline();
  for await (const { iteration } of run(halving(), data, { executor, state: 10 })) if (iteration === 1) break;
  await executor.close();
});

test('a run that goes on from any of its steps, written to a file and read again, has the steps of one that never stopped', async () => {
  const algorithm = halving('monotone', (info, state) => ({
    ...info,
    precision: state === 10 ? 'float32' : 'float64',
  }));
  const whole = await steps(algorithm, { tolerance: 1e-6 });
  expect(whole.length).toBeGreaterThan(8);
  for (const [done, { next }] of whole.slice(0, -1).entries()) {
    const resume = decodeTree(encodeTree(next)) as Resumable;
    expect(await steps(algorithm, { tolerance: 1e-6, resume })).toEqual(whole.slice(done + 1));
  }
});

test('a run that its limit ended goes on under a higher one, its iterations counted on', async () => {
  const whole = await steps(halving(), { maxIterations: 7, tolerance: 0 });
  const first = await steps(halving(), { maxIterations: 3, tolerance: 0 });
  const rest = await steps(halving(), { maxIterations: 7, tolerance: 0, resume: first.at(-1)!.next });
  expect(rest).toEqual(whole.slice(4));
});

test('ten steps are five, a copy of the state, and five more', async () => {
  const whole = await steps(halving(), { maxIterations: 10, tolerance: 0 });
  const half = await steps(halving(), { maxIterations: 5, tolerance: 0 });
  const rest = await steps(halving(), { maxIterations: 5, tolerance: 0, state: structuredClone(half.at(-1)!.state) });
  expect(rest.at(-1)!.state).toBe(whole.at(-1)!.state);
});

test('degenerate components are named when the objective stops rising', async () => {
  const dead = halving('monotone', (info) => ({ ...info, degenerate: [1] }));
  const last = (await steps(dead)).at(-1)!;
  expect(last.status).toBe('degenerate');
  expect(last.message).toContain('(component 1, counted from 0)');
});

test('a fall that the tolerance would not count as a gain is the end of the road, and no divergence', async () => {
  const slightly = halving('monotone', (info, state) => ({ ...info, objective: state < 5 ? -15 : info.objective }));
  const [fall, last] = (await steps(slightly, { tolerance: 1 })).slice(-2);
  expect([fall!.gain < 0, fall!.status, last!.status]).toEqual([true, 'running', 'converged']);
  const further = halving('monotone', (info, state) => ({ ...info, objective: state < 5 ? -100 : info.objective }));
  expect((await steps(further, { tolerance: 1 })).at(-1)!.status).toBe('diverged');
});

test('objectives of two precisions are not compared', async () => {
  const widened = halving('monotone', (info, state) => ({
    ...info,
    objective: state === 6.25 ? -1000 : info.objective,
    precision: state === 10 ? 'float32' : 'float64',
  }));
  const all = await steps(widened, { maxIterations: 3 });
  expect(all.map(({ status }) => status)).toEqual(['running', 'running', 'running', 'stopped']);
  expect(all.map(({ gain }) => gain)).toEqual([Number.NaN, Number.NaN, 1000 - 1.875 ** 2, 1.875 ** 2 - 0.9375 ** 2]);
});
