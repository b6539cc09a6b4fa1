/** Differences of fourth order of a loss by numbers that it reads, one at a time. */
export function along(numbers: Float64Array | Float32Array, loss: () => number, step = 1e-3): number[] {
  return Array.from(numbers, (value, i) => {
    const at = (x: number): number => {
      numbers[i] = x;
      return loss();
    };
    const slope =
      (8 * (at(value + step) - at(value - step)) - (at(value + 2 * step) - at(value - 2 * step))) / (12 * step);
    numbers[i] = value;
    return slope;
  });
}
