import type { Spec, Tree } from '@mixtention/core';

/** The spec of a prior of weights of this package. */
export function weightsSpec(name: string, config: Tree): Spec {
  return { kind: 'weights', name, module: '@mixtention/mixture', from: import.meta.url, config };
}
