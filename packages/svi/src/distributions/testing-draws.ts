import { generator, key } from '@mixtention/core/numeric';
import { compile, differentiate, sum, type Value } from '../graph/index.ts';
import type { Distribution } from './distribution.ts';

/** The numbers of a value that needs no inputs. */
export function numbersOf(...values: readonly Value[]): Float64Array {
  const program = compile(values, []);
  program.run(generator(key(5)));
  return Float64Array.from(program.outputs);
}

/** Column means of what a value is made into in many runs, with their standard errors. */
export function meansOf(
  values: readonly Value[],
  runs: number,
): { readonly mean: Float64Array; readonly error: Float64Array } {
  const program = compile(values, []);
  const random = generator(key(11));
  const total = new Float64Array(program.outputs.length);
  const squares = new Float64Array(program.outputs.length);
  for (let run = 0; run < runs; run++) {
    program.run(random);
    program.outputs.forEach((x, i) => {
      total[i]! += x;
      squares[i]! += x * x;
    });
  }
  const mean = total.map((x) => x / runs);
  const error = squares.map((x, i) => Math.sqrt((x / runs - mean[i]! ** 2) / runs));
  return { mean, error };
}

/** Draws of a distribution of numbers, one after another. */
export const drawsOf = (distribution: Distribution, count: number): Float64Array =>
  numbersOf(distribution.sample([count]));

/** The mean slope of draws with inputs that their distribution is made of. */
export function meanSlopes(
  make: (...inputs: Value[]) => Distribution,
  inputs: readonly Value[],
  at: readonly number[],
  count: number,
): Float64Array {
  const draws = make(...inputs).sample([count]);
  const program = compile(differentiate(sum(draws), inputs), inputs);
  program.inputs.set(at);
  program.run(generator(key(6)));
  return program.outputs.map((x) => x / count);
}
