import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Tf } from '../backends/tf.ts';
import { tfjsBackend } from '../backends/tfjs.ts';
import { fail } from '../base/errors.ts';
import type { Backend, ReadOptions, RowBlock, Scores, TensorBackendName, Term } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { registerGradients } from '../tensor/register-gradients.ts';

const require = createRequire(import.meta.url);

export type BootOptions = {
  /**
   * Threads of TensorFlow's own pool: one pool per process, its size fixed by the first load. Default 1, since worker threads share
   * the rows; use all cores for large products without workers.
   */
  readonly intraOpThreads?: number;
};

/** TensorFlow through tfjs-node. */
export async function loadTfjsNode({ intraOpThreads = 1 }: BootOptions): Promise<Backend> {
  if (process.env.MIXTENTION_NATIVE === 'off') {
    fail('core/loadBackend', 'BACKEND_UNAVAILABLE', 'tfjs-node is switched off by MIXTENTION_NATIVE=off');
  }
  shimUtil();
  setThreads(intraOpThreads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  loadQuietly();
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
      `the library of tfjs-node does not load (${reason}); set it up with "npx mixtention setup-native"`,
      cause,
    );
  }
  return warmed(activating(tf, 'tensorflow', 'tfjs-node'));
}

/**
 * Two lines are on stderr before the library reads its log level. Our own build brings a small addon that loads it without them (packages/native,
 * `quiet.cc`); the vendor's library heeds the level. Where this fails, the import fails too and says why.
 */
function loadQuietly(): void {
  try {
    require('@tensorflow/tfjs-node/deps/lib/mixtention_quiet.node');
  } catch {}
}

/** Read once, by the first context of the process; what a worker sets is ignored, since its process.env is a copy. */
function setThreads(intraOpThreads: number): void {
  for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) {
    const set = process.env[name];
    // TensorFlow ends the whole process where it cannot start its threads.
    if (set && !/^\d{1,3}$/.test(set))
      fail('core/loadBackend', 'BAD_OPTION', `${name} is "${set}", a whole number below 1000 was due`);
  }
  process.env.TF_NUM_INTRAOP_THREADS ||= String(intraOpThreads);
}

/** The WebAssembly build of tfjs. */
export async function loadTfjsWasm(): Promise<Backend> {
  try {
    const tf = (await import('@tensorflow/tfjs-core')) as Tf;
    await import('@tensorflow/tfjs-backend-wasm');
    await keepingListeners(async () => {
      await tf.setBackend('wasm');
      await tf.ready();
    });
    registerGradients(tf);
    return warmed(activating(tf, 'wasm', 'tfjs-wasm'));
  } catch (cause) {
    return fail(
      'core/loadBackend',
      'BACKEND_UNAVAILABLE',
      `the tfjs-wasm backend does not load (${(cause as Error).message}); install @tensorflow/tfjs-core and @tensorflow/tfjs-backend-wasm 4.22.0`,
      cause,
    );
  }
}

/** The wasm module throws what nobody caught once more, from inside itself: such errors are the program's own, with its own status and trace. */
async function keepingListeners(load: () => Promise<void>): Promise<void> {
  const emitter: EventEmitter = process;
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = new Set(events.flatMap((event) => emitter.listeners(event)));
  await load();
  for (const event of events)
    for (const listener of emitter.listeners(event))
      if (!before.has(listener)) emitter.off(event, listener as () => void);
}

/** tfjs 4.22.0 calls two functions that Node 23 removed from util; fixed upstream in 2025, never released. */
function shimUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** tfjs has one active backend per thread: each of ours makes its own the active one before it works. */
function activating(tf: Tf, tfName: string, name: TensorBackendName): Backend {
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
    backward(rows, scores, values, downstream, options) {
      activate();
      return backend.backward(rows, scores, values, downstream, options);
    },
    score(rows, scores, visit, options) {
      activate();
      backend.score(rows, scores, visit, options);
    },
    accumulate(rows, into, fill, options) {
      activate();
      return backend.accumulate(rows, into, fill, options);
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
  const on = { columns: null, width: 2 };
  const linear: Term = { ...on, form: 'linear', statistics: identity.none, natural: new Float64Array(4) };
  const factored = { ...on, statistics: identity.each, factor: new Float64Array(8), offset: new Float64Array(4) };
  const whitened: Term = { ...factored, form: 'whitened' };
  const shared: Term = { ...whitened, statistics: identity.pooled, factor: new Float64Array(4) };
  const far: Term = {
    ...shared,
    triangular: true,
    factor: Float64Array.of(1, 0, 0, 1),
    offset: new Float64Array(4).fill(99),
  };
  const student: Term = {
    ...factored,
    form: 'student',
    scale: rowWeights,
    degrees: Float64Array.of(1, Number.POSITIVE_INFINITY),
  };
  const rows = backend.take(block);
  const readOptions: ReadOptions = { labels: true, responsibilities: true, pairBias: (_, __, out) => out.fill(-1e31) };
  for (const terms of [[linear], [whitened], [shared], [far], [linear, whitened]]) {
    const scores: Scores = { components: 2, bias, terms };
    const each = terms.map(() => rows);
    backend.write(each, scores, { rowWeights, hard: true });
    backend.write(each, scores, { entropy: true });
    backend.read(each, scores, values, readOptions);
  }
  backend.read([rows], { components: 2, bias, terms: [student] }, values, readOptions);
  const scores: Scores = { components: 2, bias, terms: [linear] };
  const reading = backend.read([rows], scores, values);
  backend.backward([rows], scores, values, { reading, gradient: { output: reading.output } });
  backend.score([rows], scores, () => {});
  backend.accumulate([rows], { components: 2, stands: [far] }, (_, __, out) => out.fill(0.5), { rowWeights });
  backend.release(rows);
  return backend;
}
