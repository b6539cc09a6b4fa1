import { type Backend, type Precision, wasm } from '@mixtention/core';
import { type Addon, addonBackend, hasFusedRounding, instructionSets, registerLoop } from '@mixtention/core/fused';
import { generator, key } from '@mixtention/core/numeric';
import { bernoulli } from '@mixtention/mixture';
import { median } from '../speed/median.ts';
import { plantedBits } from '../speed/planted.ts';

/** The main job: Bernoulli mixtures of binary digits */
const [ROWS, WIDTH, COMPONENTS] = [50_000, 784, 100];
/** Steps of the loop in registers: some milliseconds */
const STEPS = 2 ** 20;
/** A write takes far longer than the loop, which is repeated. */
const LOOPS = 5;

/** A module: its products in a whole `write`, beside multiply–adds in registers alone. */
export type RegisterShare = {
  readonly name: string;
  readonly precision: Precision;
  /** Multiply–adds a second, in registers and of the products of a write */
  readonly registers: number;
  readonly products: number;
};

/** One thread, in interleaved rounds: medians. */
export function registerShares(addon: Addon | null, rounds: number): readonly RegisterShare[] {
  const bits = plantedBits(ROWS, WIDTH, COMPONENTS);
  const random = generator(key(1));
  const probabilities = Float64Array.from({ length: COMPONENTS * WIDTH }, () => 0.05 + 0.9 * random.uniform());
  const logWeights = new Float64Array(COMPONENTS).fill(-Math.log(COMPONENTS));
  const scores = bernoulli.scores({ width: WIDTH, probabilities }, logWeights);
  const shares: RegisterShare[] = [];
  for (const precision of ['float32', 'float64'] as const) {
    const data = precision === 'float32' ? bits.data : Float64Array.from(bits.data);
    const sides = modulesOf(addon, precision).map(({ name, backend, loop }) => {
      const rows = [backend.take({ ...bits, data, stride: WIDTH })];
      const write = (): number => {
        backend.write(rows, scores);
        return 2 * ROWS * WIDTH * COMPONENTS;
      };
      return { name, loop: rateOf(() => loop(STEPS)), write: rateOf(write) };
    });
    for (let round = -1; round < rounds; round++)
      for (const { loop, write } of sides) {
        for (let i = 0; i < LOOPS; i++) loop.run(round >= 0);
        write.run(round >= 0);
      }
    for (const { name, loop, write } of sides)
      shares.push({ name, precision, registers: median(loop.rates), products: median(write.rates) });
  }
  return shares;
}

type Module = { readonly name: string; readonly backend: Backend; readonly loop: (steps: number) => number };

function modulesOf(addon: Addon | null, precision: Precision): readonly Module[] {
  const rounding = hasFusedRounding() ? 'fastest' : 'common';
  const native = instructionSets.flatMap((instructions) =>
    addon?.sets[instructions] === undefined
      ? []
      : [
          {
            name: `${instructions} ${precision}`,
            backend: addonBackend(addon, { precision, instructions }),
            loop: registerLoop({ precision, addon, instructions }),
          },
        ],
  );
  return [
    { name: `wasm ${precision}`, backend: wasm(precision), loop: registerLoop({ precision, rounding }) },
    ...native,
  ];
}

function rateOf(work: () => number): { readonly rates: number[]; run(counts: boolean): void } {
  const rates: number[] = [];
  return {
    rates,
    run(counts) {
      const begun = performance.now();
      const done = work();
      if (counts) rates.push((1000 * done) / (performance.now() - begun));
    },
  };
}
