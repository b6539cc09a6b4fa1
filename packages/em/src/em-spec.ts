import type { Spec } from '@mixtention/core';
import { specOf } from '@mixtention/core/base';

/** The spec of an algorithm of this package. */
export function emSpec(name: string, config: object): Spec {
  return { kind: 'algorithm', name, module: '@mixtention/em', from: import.meta.url, config: specOf(config) };
}
