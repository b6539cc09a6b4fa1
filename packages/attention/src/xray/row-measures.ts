/** What can be told of each query by its row of responsibilities alone, `[N]` each. */
export type RowMeasures = {
  /** `H(r_n) = −Σₖ r_nk log r_nk`, nats */
  readonly entropy: Float64Array;
  /** `exp H(r_n)` */
  readonly effectiveComponents: Float64Array;
  /** `1 / Σₖ r_nk²` */
  readonly inverseSimpson: Float64Array;
  /** The least number of keys that carry 90 % of the mass. */
  readonly k90: Int32Array;
  /** How many keys have a share of at least the threshold: active components of this input. */
  readonly activeComponents: Int32Array;
};

export function emptyMeasures(queries: number): RowMeasures {
  return {
    entropy: new Float64Array(queries),
    effectiveComponents: new Float64Array(queries),
    inverseSimpson: new Float64Array(queries),
    k90: new Int32Array(queries),
    activeComponents: new Int32Array(queries),
  };
}

type RowTile = { readonly r: Float64Array; readonly keys: number; readonly start: number };

/** Measures of rows `[count, K]`, written from `start` on. A row of zeros has 0 of everything. Cost: K log K a row. */
export function measureRows({ r, keys, start }: RowTile, threshold: number, into: RowMeasures): void {
  const sorted = new Float64Array(keys);
  for (let n = 0; n < r.length / keys; n++) {
    const row = r.subarray(n * keys, (n + 1) * keys);
    let entropy = 0;
    let squares = 0;
    let active = 0;
    for (let k = 0; k < keys; k++) {
      const p = row[k]!;
      if (p > 0) entropy -= p * Math.log(p);
      squares += p * p;
      if (p >= threshold) active++;
    }
    into.entropy[start + n] = entropy;
    into.activeComponents[start + n] = active;
    into.effectiveComponents[start + n] = squares > 0 ? Math.exp(entropy) : 0;
    into.inverseSimpson[start + n] = squares > 0 ? 1 / squares : 0;
    sorted.set(row);
    into.k90[start + n] = squares > 0 ? keysFor(0.9, sorted.sort()) : 0;
  }
}

/** How many of the last of sorted numbers it takes for a sum; what rounding adds up to falls on no key. */
function keysFor(mass: number, sorted: Float64Array): number {
  let left = mass - 1e-12;
  for (let k = sorted.length - 1; k >= 0; k--) {
    left -= sorted[k]!;
    if (left <= 0) return sorted.length - k;
  }
  return sorted.length;
}

/** `−Σ p log p`, nats; of weights of any sum, normalized. */
export function entropyOf(weights: Float64Array): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return 0;
  return weights.reduce((sum, w) => (w > 0 ? sum - (w / total) * Math.log(w / total) : sum), 0);
}
