import { lookUp } from '../base/errors.ts';
import type { AnyAlgorithm, Spec, Tree } from '../contracts/index.ts';

/** What a package that holds algorithms exports as `algorithms`: factories by name, each taking plain config. */
// biome-ignore lint/suspicious/noExplicitAny: configs differ by algorithm; the spec carries them as plain data
export type AlgorithmTable = { readonly [name: string]: (config: any) => AnyAlgorithm };

/**
 * The algorithm that a spec names, rebuilt from a table: what a worker does with the spec it receives.
 *
 * @throws UNKNOWN_NAME with the nearest known name
 *
 * @example
 * const { spec } = batch({ family: 'gaussian-full', components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * resolve(spec, { 'em/batch': batch }).spec.algorithm; // 'em/batch'
 */
export function resolve(spec: Spec, table: AlgorithmTable): AnyAlgorithm {
  return lookUp('core/resolve', `algorithm of ${spec.module}`, spec.algorithm, table)(spec.config as Tree);
}
