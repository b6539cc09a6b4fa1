import { fail, lookUp } from '../base/errors.ts';
import type { Backend, Precision } from '../contracts/index.ts';
import { type Addon, type InstructionSet, instructionSets, openAddonMachine } from './addon-machine.ts';
import { backendOn } from './fused.ts';

export type AddonOptions = {
  /** `float32` unless given */
  readonly precision?: Precision;
  /** What `MIXTENTION_INSTRUCTIONS` says unless given, the best that this processor has where it says nothing */
  readonly instructions?: InstructionSet;
};

/**
 * The same kernel as native code: compiled for AVX-512, for AVX2 and for what every processor has, of which the best that this one has is taken.
 * Rows are read where they lie.
 *
 * @throws BACKEND_UNAVAILABLE for instructions that this processor lacks; UNKNOWN_NAME for what `MIXTENTION_INSTRUCTIONS` says
 *
 * @example
 * const addon = loadAddon(); // of `core/threads`
 * addonBackend(addon, { precision: 'float64', instructions: 'portable' }).precision; // 'float64'
 */
export function addonBackend(addon: Addon, { precision = 'float32', instructions }: AddonOptions = {}): Backend {
  const set = instructions ?? wantedInstructions() ?? instructionSets.find((name) => addon.sets[name] !== undefined)!;
  if (addon.sets[set] === undefined)
    fail(
      'core/addonBackend',
      'BACKEND_UNAVAILABLE',
      `this processor does not have the instructions ${set}; it has ${Object.keys(addon.sets).join(', ')}`,
    );
  return backendOn({ name: 'native', kernel: set, precision }, () => openAddonMachine(addon, set, precision));
}

function wantedInstructions(): InstructionSet | undefined {
  const { process } = globalThis as {
    readonly process?: { readonly env?: { readonly [name: string]: string | undefined } };
  };
  const set = process?.env?.MIXTENTION_INSTRUCTIONS;
  const known = { avx512: 'avx512', avx2: 'avx2', portable: 'portable' } as const;
  return set ? lookUp('core/addonBackend', 'MIXTENTION_INSTRUCTIONS', set, known) : undefined;
}
