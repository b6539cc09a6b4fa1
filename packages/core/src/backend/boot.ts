import { createRequire } from 'node:module';
import { fail } from '../errors.ts';
import type { Backend, BackendName, RowBlock, Scores } from '../types.ts';
import { plain } from './plain.ts';
import { type Tf, tfjsBackend } from './tfjs.ts';

const require = createRequire(import.meta.url);

export type BootOptions = {
  /**
   * Threads of TensorFlow's own pool: one pool per process, its size fixed by the first load. Default 1, since worker threads share
   * the rows; use all cores for large products without workers.
   */
  readonly intraOpThreads?: number;
};

/**
 * Loads a backend: `native` (tfjs-node), `wasm`, `plain`, or `auto`: the first of the three that works.
 *
 * Must run in the main thread before any worker loads the native addon: if only workers load it, libtensorflow is unmapped when the
 * last of them ends and its exit handler then crashes the process. The environment variable `MIXTENTION_BACKEND` stands in for `auto`,
 * and `MIXTENTION_NATIVE=off` makes the native backend unavailable.
 *
 * @throws BACKEND_UNAVAILABLE with the reason and what to do
 *
 * @example
 * const backend = await loadBackend('auto'); // backend.name: 'native', 'wasm' or 'plain'
 */
export async function loadBackend(name: BackendName | 'auto' = 'auto', options: BootOptions = {}): Promise<Backend> {
  const wanted = name === 'auto' ? (process.env.MIXTENTION_BACKEND ?? 'auto') : name;
  if (wanted === 'plain') return plain;
  if (wanted === 'native' || wanted === 'wasm') return loaded(wanted, options);
  if (wanted !== 'auto')
    fail('core/loadBackend', 'UNKNOWN_NAME', `no backend "${wanted}"; known: auto, native, wasm, plain`);
  return loaded('native', options)
    .catch(() => loaded('wasm', options))
    .catch(() => plain);
}

const loading = new Map<string, Promise<Backend>>();

function loaded(name: 'native' | 'wasm', options: BootOptions): Promise<Backend> {
  let promise = loading.get(name);
  if (promise === undefined) {
    promise = name === 'native' ? loadNative(options) : loadWasm();
    loading.set(name, promise);
  }
  return promise;
}

async function loadNative({ intraOpThreads = 1 }: BootOptions): Promise<Backend> {
  if (process.env.MIXTENTION_NATIVE === 'off') {
    fail('core/loadBackend', 'BACKEND_UNAVAILABLE', 'the native backend is switched off by MIXTENTION_NATIVE=off');
  }
  shimUtil();
  // Read once, by the first context of the process; what a worker sets is ignored, since its process.env is a copy.
  process.env.TF_NUM_INTRAOP_THREADS ??= String(intraOpThreads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  let tf: Tf;
  try {
    const module = await import('@tensorflow/tfjs-node');
    tf = ('default' in module ? module.default : module) as unknown as Tf;
    await tf.setBackend('tensorflow');
    await tf.ready();
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    return fail(
      'core/loadBackend',
      'BACKEND_UNAVAILABLE',
      `the native library does not load (${reason}); set it up with "npx mixtention setup-native"`,
      cause,
    );
  }
  return warmed(activating(tf, 'tensorflow', 'native'));
}

async function loadWasm(): Promise<Backend> {
  try {
    const tf = (await import('@tensorflow/tfjs-core')) as Tf;
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    await tf.ready();
    return warmed(activating(tf, 'wasm', 'wasm'));
  } catch (cause) {
    return fail(
      'core/loadBackend',
      'BACKEND_UNAVAILABLE',
      `the wasm backend does not load (${(cause as Error).message}); install @tensorflow/tfjs-core and @tensorflow/tfjs-backend-wasm 4.22.0`,
      cause,
    );
  }
}

/** tfjs 4.22.0 calls two functions that Node 23 removed from util; fixed upstream in 2025, never released. */
function shimUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** tfjs has one active backend per thread: each of ours makes its own the active one before it works. */
function activating(tf: Tf, tfName: string, name: 'native' | 'wasm'): Backend {
  const backend = tfjsBackend(tf, name);
  const activate = (): void => {
    // Both are initialised by now, so the switch is done when the call returns; the promise says nothing more.
    if (tf.getBackend() !== tfName) void tf.setBackend(tfName);
  };
  return {
    ...backend,
    get tf() {
      activate();
      return tf;
    },
    take(block) {
      activate();
      return backend.take(block);
    },
    release(rows) {
      activate();
      backend.release(rows);
    },
    write(rows, scores, options) {
      activate();
      return backend.write(rows, scores, options);
    },
    read(rows, scores, values, options) {
      activate();
      return backend.read(rows, scores, values, options);
    },
  };
}

/**
 * Runs each kind of op once. The binding keeps attribute names in a set that all threads share without a lock and that is written at the
 * first use of a name; after this it is only read.
 */
function warmed(backend: Backend): Backend {
  const block: RowBlock = { data: new Float32Array(16), rows: 2, cols: 2, stride: 8 };
  const values = { data: new Float64Array(2), rows: 2, cols: 1 };
  const bias = new Float64Array(2);
  const rowWeights = new Float64Array([1, 1]);
  const forms: Scores[] = [
    { form: 'linear', components: 2, width: 2, natural: new Float64Array(4), bias },
    { form: 'whitened', components: 2, width: 2, whitening: new Float64Array(8), offset: new Float64Array(4), bias },
  ];
  for (const scores of forms) {
    const rows = backend.take(block);
    backend.write(rows, scores, { rowWeights, hard: true });
    backend.read(rows, scores, values, {
      labels: true,
      responsibilities: true,
      pairBias: (_, __, out) => out.fill(-1e31),
    });
    backend.release(rows);
  }
  return backend;
}
