/** The state of the native backend. */
export type NativeInspection = {
  readonly installed: boolean;
  /** Version of `@tensorflow/tfjs-node`. */
  readonly tfjsNode: string | null;
  readonly loads: boolean;
  readonly tensorflow: string | null;
  readonly addonPath: string | null;
  readonly source: 'present' | 'cache' | 'wheel' | 'installer' | null;
  /** Why the addon does not load. */
  readonly reason: string | null;
  readonly cacheDir: string;
  readonly cachedBuild: { readonly folder: string; readonly intact: boolean; readonly reason: string | null } | null;
  readonly python: { readonly command: string; readonly pip: string } | null;
  readonly compiler: { readonly command: string; readonly version: string } | null;
  readonly nodeHeaders: string | null;
  readonly instructionSets: readonly string[];
  readonly advice: readonly string[];
};

/** Look at the native backend without changing anything. */
export declare function inspectNative(options?: {
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly command?: string;
  readonly verify?: boolean;
}): Promise<NativeInspection>;
