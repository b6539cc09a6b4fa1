import { expect, test } from 'vitest';
import { patience, unworn, type Worn } from './patience.ts';

type Given = { readonly rounding?: number; readonly isCoarse?: boolean; readonly batches?: number };

/** The first outcome of a run of these objectives, and its step. */
function firstOutcome(
  objective: (step: number) => number,
  { rounding = 0, isCoarse = false, batches = 1 }: Given = {},
): { readonly step: number; readonly outcome: Worn['outcome'] } {
  const config = { tolerance: 1e-8, window: 50, batches };
  let state = unworn(config);
  for (let step = 0; step < 1000; step++) {
    const worn = patience(state, {
      step,
      objective: objective(step),
      weight: 100,
      rounding,
      isCoarse,
      precision: 'float32',
      config,
    });
    if (worn.outcome !== undefined) return { step, outcome: worn.outcome };
    state = worn.patience;
  }
  return { step: Number.POSITIVE_INFINITY, outcome: undefined };
}

const noise = (step: number): number => 0.004 * Math.sin(step * step);

test('an objective that moves by rounding alone has converged after one window', () => {
  expect(firstOutcome(noise).outcome).toBe(undefined);
  expect(firstOutcome(noise, { rounding: 0.01 })).toEqual({ step: 49, outcome: 'converged' });
});

test('where float32 is coarse, a standstill or a window without a new best asks for float64', () => {
  expect(firstOutcome(noise, { rounding: 0.01, isCoarse: true })).toEqual({ step: 49, outcome: 'coarse' });
  expect(firstOutcome((step) => -step, { isCoarse: true })).toEqual({ step: 50, outcome: 'coarse' });
  expect(firstOutcome((step) => step, { isCoarse: true }).outcome).toBe(undefined);
});

test('an objective that stays a thousandth of a nat per unit of weight below its best for four windows is lost', () => {
  expect(firstOutcome((step) => (step === 7 ? 0 : -1 - Math.sin(step * step)))).toEqual({ step: 207, outcome: 'lost' });
  expect(firstOutcome((step) => (step === 7 ? 0 : -0.05 - 0.04 * Math.sin(step * step))).outcome).toBe(undefined);
});

test('minibatches converge at the sixth standstill', () => {
  expect(firstOutcome(noise, { batches: 10 }).outcome).toBe('converged');
});
