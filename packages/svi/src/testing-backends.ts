import type { Backend } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/node';

/** The tfjs backends that this machine has: wasm always, native where its library is set up. */
export async function tfjsBackends(): Promise<readonly Backend[]> {
  const wasm = await loadBackend('wasm');
  try {
    return [wasm, await loadBackend('native')];
  } catch {
    return [wasm];
  }
}
