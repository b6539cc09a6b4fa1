/** How to look for, build and report the native backend. */
export type SetUpOptions = {
  /** Directory from which `@tensorflow/tfjs-node` is resolved; default: the working directory. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes one line for each thing that is done. */
  readonly log?: (line: string) => void;
  /** Takes bytes done and in all; default: a log line at each quarter. */
  readonly progress?: (label: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** How the advice names this set-up; default `npx mixtention setup-native`. */
  readonly command?: string;
  /** Do not load what is in place where it is the file still that was hashed and seen to load; default: load it, and rebuild it where it does not. */
  readonly quick?: boolean;
  /** Try again although it failed within the last day. */
  readonly retry?: boolean;
  /** Hash the cached files and load the addon, even when all looks well. */
  readonly verify?: boolean;
  /** Build anew, whatever there is. */
  readonly force?: boolean;
  /** Where no other way works, run tfjs-node's own installer. It downloads a library and an addon and checks no hash. */
  readonly vendorInstaller?: boolean;
};

/** What came of it. `ready`: usable; `off`: forbidden by `MIXTENTION_NATIVE`; `absent`: tfjs-node is not installed. */
export type TfjsNodeReport = {
  readonly status: 'ready' | 'off' | 'absent' | 'unavailable';
  readonly source: 'present' | 'cache' | 'wheel' | 'installer' | null;
  readonly tensorflow: string | null;
  readonly addonPath: string | null;
  readonly cacheDir: string | null;
  /** Why each way did not work. */
  readonly reasons: readonly { readonly way: string; readonly reason: string }[];
  readonly advice: readonly string[];
  /** All of it in one line for people. */
  readonly sentence: string;
  readonly seconds: number;
};

/** Make the native TensorFlow addon usable, or say why wasm is used. Rejects only when aborted. */
export declare function setUpTfjsNode(options?: SetUpOptions): Promise<TfjsNodeReport>;

/** The state of the native backend. */
export type TfjsNodeInspection = {
  readonly installed: boolean;
  /** Version of `@tensorflow/tfjs-node`. */
  readonly tfjsNode: string | null;
  readonly loads: boolean;
  readonly tensorflow: string | null;
  readonly addonPath: string | null;
  readonly source: 'present' | 'cache' | 'wheel' | 'installer' | null;
  /** Why the addon does not load. */
  readonly reason: string | null;
  /** Whether a library that would be loaded is not the pinned one. */
  readonly damaged: boolean;
  readonly cacheDir: string;
  readonly cachedBuild: { readonly folder: string; readonly intact: boolean; readonly reason: string | null } | null;
  readonly python: { readonly command: string; readonly pip: string } | null;
  readonly compiler: { readonly command: string; readonly version: string } | null;
  readonly nodeHeaders: string | null;
  readonly instructionSets: readonly string[];
  readonly advice: readonly string[];
};

/** Look at the native backend without changing anything. */
export declare function inspectTfjsNode(options?: {
  readonly root?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly command?: string;
  readonly verify?: boolean;
}): Promise<TfjsNodeInspection>;

/** What came of the set-up of the native kernel. `ready`: usable; `off`: forbidden by `MIXTENTION_NATIVE`; `absent`: core is not installed. */
export type KernelReport = {
  readonly status: 'ready' | 'off' | 'absent' | 'unavailable';
  readonly source: 'package' | 'present' | 'kept' | 'built' | null;
  readonly path: string | null;
  /** What tells one build of it from another */
  readonly version: string | null;
  /** All of it in one line for people. */
  readonly sentence: string;
  readonly seconds: number;
};

/** Make the native kernel usable, or say why WebAssembly is used. Rejects only when aborted. */
export declare function setUpKernel(
  options?: Pick<SetUpOptions, 'root' | 'env' | 'log' | 'signal' | 'quick' | 'retry' | 'force'>,
): Promise<KernelReport>;

/** The state of the native kernel. */
export type KernelInspection = {
  readonly loads: boolean;
  readonly path: string | null;
  /** Sets of instructions that it was compiled for and this processor has, best first */
  readonly sets: readonly string[];
  /** Why it does not load. */
  readonly reason: string | null;
  readonly advice: readonly string[];
};

/** Look at the native kernel without changing anything. */
export declare function inspectKernel(
  options?: Pick<SetUpOptions, 'root' | 'env' | 'signal' | 'command'>,
): Promise<KernelInspection>;

/** Where everything that may be made again is kept; `MIXTENTION_CACHE` overrides the platform's custom. */
export declare function cacheDirectory(
  env?: Readonly<Record<string, string | undefined>>,
  platform?: string,
  home?: string,
): string;
