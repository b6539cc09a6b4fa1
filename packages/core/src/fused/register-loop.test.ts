import { expect, it } from 'vitest';
import { availableAddon } from '../testing/available-addon.ts';
import { instructionSets, openAddonMachine } from './addon-machine.ts';
import { registerLoop } from './register-loop.ts';
import { openWasmMachine } from './wasm-machine.ts';

const precisions = ['float32', 'float64'] as const;

it('the loop in registers makes as many multiply–adds as it tells, with the sums that these have', () => {
  const addon = availableAddon();
  const machines = precisions.flatMap((precision) => [
    openWasmMachine(precision, 'fastest'),
    openWasmMachine(precision, 'common'),
    ...instructionSets
      .filter((set) => addon?.sets[set] !== undefined)
      .map((set) => openAddonMachine(addon!, set, precision)),
  ]);
  const steps = 5;
  for (const machine of machines) {
    const { size, vector } = machine;
    const [factors, out] = [machine.take(6 * size), machine.take(2048)];
    machine.reals.set([1, 2, 4, 8, 3, 5], factors / size);
    machine.verbs.multiplyAdd(steps, factors, out);
    const count = machine.doubles[out / 8]!;
    const sums = Math.round((count * size) / (steps * vector));
    expect(count).toBe((steps * sums * vector) / size);
    // Factors change places: three steps of one and two of the other, beside what sums began with.
    const first = (out + (machine.reach === null ? 16 : 64)) / size;
    const came = Array.from({ length: sums }, (_, i) => machine.reals[first + (i * vector) / size]!);
    const different = sums === 8 ? [1, 2, 4, 8] : [1, 2];
    const due = came.map((_, i) => {
      const begun = machine.reach === null ? 0 : i;
      return begun + different[(i >> 1) % different.length]! * (i % 2 === 0 ? 3 * 3 + 2 * 5 : 3 * 5 + 2 * 3);
    });
    expect(came).toEqual(due);
  }
});

it('and tells their number for each module', () => {
  expect(registerLoop({ precision: 'float32', rounding: 'common' })(1000)).toBe(32_000);
  expect(registerLoop({ precision: 'float64', rounding: 'common' })(1000)).toBe(16_000);
});
