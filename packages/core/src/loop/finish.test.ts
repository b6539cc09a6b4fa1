import { expect, test } from 'vitest';
import { inFloat64 } from '../backends/float64.ts';
import type { AnyAlgorithm, Step, Tree } from '../contracts/index.ts';
import { dataset } from '../data/dataset.ts';
import { loadBackend } from '../threads/load-backend.ts';
import { inline } from './inline.ts';
import { type RunOptions, run } from './run.ts';

const data = dataset({ data: Float64Array.of(1, 2, 3, 4), rows: 4, cols: 1 });
const wasm = inline(await loadBackend('wasm'));
const wasmIn64 = inFloat64(await loadBackend('wasm'));

/** The objective a thousand nats below 0, and what its state is away from 0 in float32 or float64, as the backend has it; a step takes a share of that. */
function creeping(share: number): AnyAlgorithm {
  return {
    spec: { kind: 'algorithm', name: 'test/creeping', module: '', from: '', config: null },
    claims: { objective: 'monotone' },
    init: () => 1,
    ask: (message: number) => ({ message }),
    collect(state: number, { backend }) {
      const objective = -1000 - state ** 2;
      return { objective: backend.precision === 'float32' ? Math.fround(objective) : objective };
    },
    update(state: number, { sum }) {
      const { objective } = sum as { objective: number };
      return { state: state * (1 - share), info: { objective, logLikelihood: objective } };
    },
  };
}

async function steps(
  algorithm: AnyAlgorithm,
  { state = 30, ...options }: Partial<Omit<RunOptions, 'state' | 'first' | 'resume'>> & { readonly state?: Tree } = {},
): Promise<Step[]> {
  const all: Step[] = [];
  for await (const step of run(algorithm, data, { executor: wasm, state, ...options })) all.push(step);
  return all;
}

test('where gains sink into the rounding of float32 a run goes on in float64, and converges there', async () => {
  const all = await steps(creeping(0.05));
  const last = all.at(-1)!;
  expect([last.status, last.info.precision]).toEqual(['converged', 'float64']);
  // What is left of the objective, a row.
  const left = (last.state as number) ** 2 / 4;
  expect(left).toBeLessThan(1.01e-7);
  expect(last.remainingGain).toBeCloseTo(left, 9);
  const sunk = all.filter(({ info }) => info.precision === 'float32').at(-1)!;
  expect((sunk.state as number) ** 2).toBeLessThan(1e-3);
  expect(all[sunk.iteration + 1]!.gain).toBeNaN();
});

test('a run that may not finish in float64 ends where float32 does', async () => {
  const last = (await steps(creeping(0.05), { finish: false })).at(-1)!;
  expect([last.status, last.info.precision]).toEqual(['stopped', 'float32']);
  expect(last.message).toMatch(/less than the rounding of float32 shows/);
  const left = (last.state as number) ** 2 / 4;
  expect(last.remainingGain / left).toBeGreaterThan(0.1);
  expect(last.remainingGain / left).toBeLessThan(10);
});

test('a run in float32 ends where gains sink, and by a wide tolerance before that, but never converged', async () => {
  for (const tolerance of [1e-7, 0.1]) {
    const all = await steps(creeping(0.05), { precision: 'float32', tolerance });
    expect(new Set(all.map(({ info }) => info.precision))).toEqual(new Set(['float32']));
    const last = all.at(-1)!;
    expect(last.status).toBe('stopped');
    expect(last.message).toMatch(tolerance > 1e-3 ? /prove nothing/ : /less than the rounding of float32 shows/);
    expect((last.state as number) ** 2 / 4).toBeLessThan(tolerance > 1e-3 ? 0.2 : 1e-3);
  }
});

test('a run in float64 on an executor in float32 has the steps of one on an executor in float64', async () => {
  const due = await steps(creeping(0.2), { executor: inline(wasmIn64) });
  expect(await steps(creeping(0.2), { precision: 'float64' })).toEqual(due);
  expect(new Set(due.map(({ info }) => info.precision))).toEqual(new Set(['float64']));
});

test('a run in float32 ends at the first pass that is not believed, measured in float64; troubled it is degenerate', async () => {
  for (const [degenerate, status] of [
    [[], 'stopped'],
    [[0], 'degenerate'],
  ] as const) {
    const doubtful: AnyAlgorithm = {
      ...creeping(0.05),
      collect: (state: number, { backend }) => ({ state, precision: backend.precision }),
      update: (state: number, { sum }) => ({
        state: state / 2,
        info: { objective: -state, logLikelihood: -state, degenerate },
        believed: state > 5 || (sum as { precision: string }).precision === 'float64',
      }),
    };
    const all = await steps(doubtful, { precision: 'float32' });
    // 30, 15, 7.5 and 3.75.
    expect(all.map(({ info }) => info.precision)).toEqual(['float32', 'float32', 'float32', 'float64']);
    expect(all.at(-1)!.status).toBe(status);
    if (status === 'stopped') expect(all.at(-1)!.message).toMatch(/^float32 is too coarse/);
  }
});

/** Noisy, and says after so many steps of one precision that it has converged. */
function assured(after: number): AnyAlgorithm {
  return {
    ...creeping(0.05),
    claims: { objective: 'noisy' },
    collect: (state: { steps: number; in: string }, { backend }) => ({ steps: state.steps, in: backend.precision }),
    update(state: { steps: number; in: string }, { sum }) {
      const seen = (sum as unknown as { in: string }).in;
      const steps = seen === state.in ? state.steps + 1 : 1;
      const status = steps > after ? ({ status: 'converged', because: 'it stands still' } as const) : {};
      return { state: { steps, in: seen }, info: { objective: 0, logLikelihood: 0, ...status } };
    },
  };
}

test('what an algorithm says of itself is taken from float64 alone: what it saw in float32 it is to see again', async () => {
  const state = { steps: 0, in: '' };
  const all = await steps(assured(3), { state });
  expect(all.map(({ info }) => info.precision)).toEqual([...Array(4).fill('float32'), ...Array(4).fill('float64')]);
  expect(all.map(({ status }) => status)).toEqual([...Array(7).fill('running'), 'converged']);
  expect(all.at(-1)!.message).toBe('it stands still');
  for (const options of [{ finish: false }, { precision: 'float32' }] as const) {
    const { info, status, message } = (await steps(assured(3), { state, ...options })).at(-1)!;
    expect([info.precision, status]).toEqual(['float32', 'stopped']);
    expect(message).toMatch(/^it stands still; that was seen in float32, which proves nothing/);
  }
  const ended = (await steps(assured(3), { state, maxIterations: 3 })).at(-1)!;
  expect([ended.status, ended.message]).toEqual(['stopped', expect.stringContaining('limit of iterations')]);
});

test('what was tested in float64 beside a pass in float32 is taken', async () => {
  const tested: AnyAlgorithm = {
    ...creeping(0.05),
    claims: { objective: 'noisy' },
    update: (state: number) => ({
      state,
      info: { objective: 0, logLikelihood: 0, status: 'converged', tested: 'float64' },
    }),
  };
  expect(await steps(tested)).toMatchObject([{ status: 'converged', info: { precision: 'float32' } }]);
});

test('float32 where there is none is refused, and so is what is no precision', async () => {
  const executor = inline(wasmIn64);
  await expect(steps(creeping(0.2), { executor, precision: 'float32' })).rejects.toThrow(
    'works in float64 alone (wasm)',
  );
  await expect(steps(creeping(0.2), { precision: 'half' as never })).rejects.toThrow('unknown precision "half"');
});

test('a wide tolerance is reached before gains sink, and proved in float64', async () => {
  const all = await steps(creeping(0.05), { tolerance: 0.1 });
  const last = all.at(-1)!;
  expect([last.status, last.info.precision]).toEqual(['converged', 'float64']);
  const left = (last.state as number) ** 2 / 4;
  expect(left).toBeLessThan(0.101);
  expect(left).toBeGreaterThan(0.03);
});

test('a run that goes on from where float64 began, or from any other step, has the bits of one that never stopped', async () => {
  const algorithm = creeping(0.2);
  const whole = await steps(algorithm);
  for (const [done, { next }] of whole.slice(0, -1).entries()) {
    const rest: Step[] = [];
    for await (const step of run(algorithm, data, { executor: wasm, resume: structuredClone(next) })) rest.push(step);
    expect(rest).toEqual(whole.slice(done + 1));
  }
});

test('a state that is no number any more is named: which array, and where', async () => {
  const broken: AnyAlgorithm = {
    ...creeping(0.05),
    update: () => ({
      state: { params: { means: Float64Array.of(1, Number.NaN) } },
      info: { objective: -1000, logLikelihood: -1000 },
    }),
  };
  const last = (await steps(broken)).at(-1)!;
  expect(last.status).toBe('diverged');
  expect(last.message).toMatch(/^state\.params\.means\[1\] is NaN: the objective fell or became NaN/);
});
