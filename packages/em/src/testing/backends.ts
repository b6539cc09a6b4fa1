import type { Backend } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/node';

/** The float32 backends that this machine has: wasm always, native where it loads. */
export async function float32Backends(): Promise<readonly Backend[]> {
  const native = await loadBackend('native').catch(() => null);
  const wasm = await loadBackend('wasm');
  return native === null ? [wasm] : [native, wasm];
}
