import type { Spec, Tree } from '@mixtention/core';
import { mapSpecs } from '@mixtention/core/base';

/** The modules of this project are known by its version. */
const OWN = '@mixtention/';

/** What is used of Node, where there is one: nothing is imported, so that pages can fit too. */
type Node = {
  getBuiltinModule?(name: 'node:fs'): { readFileSync(path: string | URL): Uint8Array };
  getBuiltinModule?(name: 'node:crypto'): {
    createHash(name: 'sha256'): { update(data: Uint8Array): { digest(form: 'hex'): string } };
  };
  getBuiltinModule?(name: 'node:module'): { createRequire(from: string): { resolve(name: string): string } };
};

/** SHA-256 of the files of all foreign modules that a spec names; of those that can be read. */
export function moduleHashes(spec: Spec): { readonly [module: string]: string } {
  const hashes: { [module: string]: string } = {};
  const visit = ({ module, from, config }: Spec): Tree => {
    const hash = module.startsWith(OWN) ? null : hashOf(module, from);
    if (hash !== null) hashes[module] = hash;
    return mapSpecs(config, visit);
  };
  visit(spec);
  return hashes;
}

function hashOf(module: string, from: string): string | null {
  const { process } = globalThis as { readonly process?: Node };
  if (process?.getBuiltinModule === undefined) return null;
  try {
    const path = module.startsWith('file:')
      ? new URL(module)
      : process.getBuiltinModule('node:module').createRequire(from).resolve(module);
    const bytes = process.getBuiltinModule('node:fs').readFileSync(path);
    return process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex');
  } catch {
    // It may be in memory alone, as in tests.
    return null;
  }
}
