import type { Activation, Architecture } from './architecture.ts';
import { erf } from './erf.ts';
import type { Norm } from './weights.ts';

type Rows = { readonly data: Float64Array; readonly rows: number; readonly cols: number };

/**
 * Rows normalized in place: by mean and deviation, or by their root mean square where there is no mean to take.
 *
 *     layer: (x − mean)/√(var + ε) · gain + offset     RMS: x/√(mean x² + ε) · gain
 */
export function normalize({ data, rows, cols }: Rows, { gain, offset }: Norm, { kind, epsilon }: Architecture): void {
  for (let n = 0; n < rows; n++) {
    const row = data.subarray(n * cols, (n + 1) * cols);
    let [mean, square] = [0, 0];
    if (kind !== 'llama') for (let c = 0; c < cols; c++) mean += row[c]!;
    mean /= cols;
    for (let c = 0; c < cols; c++) square += (row[c]! - mean) ** 2;
    const factor = 1 / Math.sqrt(square / cols + epsilon);
    for (let c = 0; c < cols; c++) row[c] = (row[c]! - mean) * factor * gain[c]! + (offset?.[c] ?? 0);
  }
}

const ACTIVATIONS: { readonly [name in Activation]: (x: number) => number } = {
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  gelu_tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x) => Math.max(0, x),
  silu: (x) => x / (1 + Math.exp(-x)),
};

/** What passes the hidden layer, in place: f(up), or f(gate) · up. */
export function activate(up: Rows, gate: Rows | null, activation: Activation): void {
  const f = ACTIVATIONS[activation];
  const { data } = up;
  for (let i = 0; i < data.length; i++) data[i] = gate === null ? f(data[i]!) : f(gate.data[i]!) * data[i]!;
}

/** `into += more`, row by row. */
export function add(into: Float64Array, more: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += more[i]!;
}
