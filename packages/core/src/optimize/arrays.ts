import type { Arrays } from './optimizer.ts';

/**
 * A new record of arrays, made name by name.
 *
 * @example
 * mapArrayNames({ w: Float64Array.of(1, 2) }, (w) => w.map((v) => -v)); // { w: [-1, -2] }
 */
export function mapArrayNames(arrays: Arrays, make: (array: Float64Array, name: string) => Float64Array): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, make(array, name)]));
}

/**
 * The sums of two records of arrays with the same names and lengths.
 *
 * @example
 * addArrays({ w: Float64Array.of(1) }, { w: Float64Array.of(2) }); // { w: [3] }
 */
export function addArrays(a: Arrays, b: Arrays): Arrays {
  return mapArrayNames(a, (array, name) => {
    const added = b[name]!;
    const sum = new Float64Array(array.length);
    for (let i = 0; i < sum.length; i++) sum[i] = array[i]! + added[i]!;
    return sum;
  });
}
