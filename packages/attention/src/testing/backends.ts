import { type Backend, plain } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/node';

/** A backend and what its precision allows. */
export type Tested = { readonly backend: Backend; readonly tolerance: number };

/** Every backend that this machine has: plain float64 always, native and wasm where they load. */
export async function backends(): Promise<readonly Tested[]> {
  const found: Tested[] = [{ backend: plain, tolerance: 1e-12 }];
  for (const name of ['native', 'wasm'] as const) {
    const backend = await loadBackend(name).catch(() => null);
    if (backend !== null) found.push({ backend, tolerance: 1e-5 });
  }
  return found;
}
