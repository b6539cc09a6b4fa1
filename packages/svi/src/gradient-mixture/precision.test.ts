import { inFloat64, inline, type Precision, wasm } from '@mixtention/core';
import { faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fitByGradient } from './fit-by-gradient.ts';

const backend = wasm();
const options = { components: 2, screen: 2, maxIterations: 60 };

test.each(['float32', 'float64'] as const)(
  'every step by gradients is in %s where that is asked for',
  async (precision) => {
    const seen = new Set<Precision | undefined>();
    const found = await fitByGradient(faithful(), {
      ...options,
      precision,
      executor: inline(backend),
      onStep: ({ info }) => void seen.add(info.precision),
    });
    expect(seen).toEqual(new Set([precision]));
    expect(found.precision).toEqual({ began: precision, ended: precision });
    const due = await fitByGradient(faithful(), {
      ...options,
      executor: inline(precision === 'float64' ? inFloat64(backend) : backend),
    });
    expect(found.trace.map(({ objective }) => objective)).toEqual(due.trace.map(({ objective }) => objective));
    expect(JSON.stringify(found.model)).toBe(JSON.stringify(due.model));
  },
);

test('float32 on an executor in float64 is refused', async () => {
  await expect(fitByGradient(faithful(), { ...options, precision: 'float32', executor: inline() })).rejects.toThrow(
    '[svi] fitByGradient: precision is float32, but the executor works in float64 alone (wasm)',
  );
});
