import type { Backend, Key } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import type { Arrays } from '@mixtention/core/optimize';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Float64Rows } from '../rows.ts';

/** What a layer has made of its input, and the way back: exact gradients of whatever loss is made of the output. */
export type Applied<Input, Output = Float64Rows> = {
  readonly output: Output;
  /** `∂ℒ/∂output` → `∂ℒ/∂input` and `∂ℒ/∂parameters`, by the names of `init` */
  pullback(upstream: Output): { readonly input: Input; readonly parameters: Arrays };
};

/**
 * A layer: pure functions over a plain record of named arrays, which `@mixtention/core/optimize` trains, files keep, and nothing hides.
 *
 * Products and attention run on a backend (float64 in plain typed arrays unless one is given); what costs a pass over the rows alone runs beside.
 */
export type Layer<Input = Float64Rows, Output = Float64Rows> = {
  /** Parameters to begin with, drawn from a key. */
  init(key: Key): Arrays;
  apply(parameters: Arrays, input: Input, options?: LayerOptions): Applied<Input, Output>;
  /** The same by ops of tfjs, float32, which differentiates them: what `tensorGradient` trains with where tfjs is there. */
  tensors(tf: Tf, parameters: Tensors, input: InTensors<Input>): Tensor2D;
};

/** Parameters as tensors of rank 1, by the names of `init`. */
export type Tensors = { readonly [name: string]: Tensor };

/** Each set of rows as a tensor. */
export type InTensors<Input> = Input extends Float64Rows ? Tensor2D : { readonly [name in keyof Input]: Tensor2D };

export type LayerOptions = {
  /** Where products and attention run; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
};

/**
 * Parameters of a part: those whose name begins so, without the beginning.
 *
 * @example
 * within({ 'norm.gain': Float64Array.of(1), bias: Float64Array.of(0) }, 'norm'); // { gain: [1] }
 */
export function within<Own>(
  parameters: { readonly [name: string]: Own },
  name: string,
): { readonly [name: string]: Own } {
  const start = `${name}.`;
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([own, array]) =>
      own.startsWith(start) ? [[own.slice(start.length), array] as const] : [],
    ),
  );
}

/**
 * The way back of `within`: parts under their names.
 *
 * @example
 * named({ norm: { gain: Float64Array.of(1) }, map: { bias: Float64Array.of(0) } }); // { norm.gain: [1], map.bias: [0] }
 */
export function named(parts: { readonly [name: string]: Arrays }): Arrays {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, arrays]) =>
      Object.entries(arrays).map(([own, array]) => [`${name}.${own}`, array] as const),
    ),
  );
}
