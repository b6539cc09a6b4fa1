import type { Tree } from './data.ts';

/** What can be named by a spec; each kind has a table of its own in the modules that hold it. */
export type SpecKind = 'algorithm' | 'family' | 'weights' | 'source' | 'model';

/**
 * Names, not functions, for what must cross a thread or a file. `module` (bare name or URL) exports a table of factories by name for each kind
 * (`algorithms`, `families`, `weights`, `sources`; of a `model` the name is that of an export, a plain function); `from` is the `import.meta.url` from which a bare name is resolved.
 *
 * Specs may stand anywhere in a config: before a factory is called they are replaced by the objects that they name.
 */
export type Spec = {
  readonly kind: SpecKind;
  readonly name: string;
  readonly module: string;
  readonly from: string;
  readonly config: Tree;
};

/** Anything that can be rebuilt from a spec. */
export type Specified = { readonly spec: Spec };
