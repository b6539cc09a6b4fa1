import { mapSpecs } from '../base/specs.ts';
import type { Spec, Tree } from '../contracts/index.ts';

/** The modules of a spec and of every spec inside it, each once. */
export function modulesOf(spec: Spec): string[] {
  const modules = new Set<string>();
  const visit = ({ module, config }: Spec): Tree => {
    modules.add(module);
    return mapSpecs(config, visit);
  };
  visit(spec);
  return [...modules];
}
