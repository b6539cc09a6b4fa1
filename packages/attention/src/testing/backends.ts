import { type Backend, plain } from '@mixtention/core';

/** Every backend that this machine has, with the tolerance that its precision allows. */
export async function backends(): Promise<readonly { readonly backend: Backend; readonly tolerance: number }[]> {
  return [{ backend: plain, tolerance: 1e-12 }];
}
