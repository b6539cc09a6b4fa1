import type { Backend } from '@mixtention/core';
import { availableBackends } from '@mixtention/core/testing';

/** A backend and what its precision allows. */
export type Tested = { readonly backend: Backend; readonly tolerance: number };

/** Every backend that this machine has. */
export async function backends(): Promise<readonly Tested[]> {
  const found = await availableBackends();
  return found.map((backend) => ({ backend, tolerance: backend.precision === 'float64' ? 1e-12 : 1e-5 }));
}
