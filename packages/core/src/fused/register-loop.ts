import type { Precision } from '../contracts/index.ts';
import { type Addon, type InstructionSet, openAddonMachine } from './addon-machine.ts';
import { openWasmMachine, type Rounding } from './wasm-machine.ts';

/** Room for a count and 24 vectors */
const OUT_BYTES = 64 + 24 * 64;

/** In which module */
export type RegisterLoopOptions = { readonly precision: Precision } & (
  | { readonly rounding: Rounding }
  | { readonly addon: Addon; readonly instructions: InstructionSet }
);

/**
 * Multiplies and adds in registers alone, one thread: what no product of a module passes, for benchmarks to measure it by.
 *
 * @returns a function that makes a tile of registers of them so many times, and tells how many that were
 * @throws as the backends on the same module
 *
 * @example
 * const run = registerLoop({ precision: 'float32', rounding: 'common' });
 * run(1000); // 32000
 */
export function registerLoop(options: RegisterLoopOptions): (steps: number) => number {
  const { precision } = options;
  const machine =
    'addon' in options
      ? openAddonMachine(options.addon, options.instructions, precision)
      : openWasmMachine(precision, options.rounding);
  const [factors, out] = [machine.take(6 * machine.size), machine.take(OUT_BYTES)];
  // Products that cancel: sums stay small, however many steps there are.
  machine.reals.set([0.5, 0.25, 0.75, 0.125, 1, -1], factors / machine.size);
  return (steps) => {
    machine.verbs.multiplyAdd(steps, factors, out);
    return machine.doubles[out / 8]!;
  };
}
