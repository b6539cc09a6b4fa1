import { MixtentionError } from '../base/errors.ts';
import type { Addon } from '../fused/addon-machine.ts';
import { loadAddon } from '../threads/load-addon.ts';

/**
 * The native kernel where this machine has it, else null: what a test runs on. `MIXTENTION_NATIVE=required` promises it.
 *
 * @throws BACKEND_UNAVAILABLE where it should be there
 *
 * @example
 * const sets = Object.keys(availableAddon()?.sets ?? {}); // on a processor that has all of them avx512, avx2 and portable
 */
export function availableAddon(): Addon | null {
  try {
    return loadAddon();
  } catch (error) {
    const isMissing = error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE';
    if (!isMissing || process.env.MIXTENTION_NATIVE === 'required') throw error;
    return null;
  }
}
