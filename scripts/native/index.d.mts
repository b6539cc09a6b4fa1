/** How to look for, build and report the native backend. */
export type SetUpNativeOptions = {
  /** Directory from which `@tensorflow/tfjs-node` is resolved; default: the working directory. */
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Takes one line for each thing that is done. */
  readonly log?: (line: string) => void;
  /** Takes bytes done and in all; default: a log line at each quarter. */
  readonly progress?: (label: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** How the advice names this set-up; default `npx mixtention setup-native`. */
  readonly command?: string;
  /** Try again although it failed within the last day. */
  readonly retry?: boolean;
  /** Hash the cached files and load the addon, even when all looks well. */
  readonly verify?: boolean;
  /** Build anew, whatever there is. */
  readonly force?: boolean;
};

/** What came of it. `ready`: usable; `off`: forbidden by `MIXTENTION_NATIVE`; `absent`: tfjs-node is not installed. */
export type NativeReport = {
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
export declare function setUpNative(options?: SetUpNativeOptions): Promise<NativeReport>;
