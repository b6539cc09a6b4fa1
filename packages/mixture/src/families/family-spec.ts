import type { Spec, Tree } from '@mixtention/core';

/** The spec of a family of this package. */
export function familySpec(name: string, config: Tree = null): Spec {
  return { kind: 'family', name, module: '@mixtention/mixture', from: import.meta.url, config };
}
