import { adviseNative, costOfWasm } from './advise.mjs';
import { nativeIsOff, nativePaths, progressByLines } from './context.mjs';
import { forgetFailure, recallFailure, rememberFailure } from './last-failure.mjs';
import { findTfjsNode } from './tfjs-node.mjs';
import { findCompiler, findPip } from './tools.mjs';
import { ways } from './ways.mjs';

/**
 * Make the native TensorFlow addon of `@tensorflow/tfjs-node` usable, by the first way that works: it is there already; a cached
 * build; a build from the TensorFlow wheel fetched with pip (x86-64 Linux); tfjs-node's own installer.
 *
 * Never fails: when no way works the report says that wasm is used, what that costs and how to change it. Only an abort rejects.
 * Idempotent, and safe against two runs at once. A failure is remembered for a day unless `retry` is set.
 * Types and options: `index.d.mts`.
 */
export async function setUpNative({
  root = process.cwd(),
  env = process.env,
  log = () => {},
  progress = progressByLines(log),
  signal,
  command = 'npx mixtention setup-native',
  retry = false,
  verify = false,
  force = false,
} = {}) {
  const started = performance.now();
  const context = { env, log, progress, signal, command, retry: retry || force || verify, verify, force };
  const outcome = await attempt(root, context);
  const report = {
    addonPath: null,
    cacheDir: null,
    tensorflow: null,
    source: null,
    reasons: [],
    advice: [],
    ...outcome,
  };
  return { ...report, seconds: (performance.now() - started) / 1000 };
}

async function attempt(root, context) {
  if (nativeIsOff(context.env))
    return unavailable('off', [{ way: 'setting', reason: 'MIXTENTION_NATIVE=off' }], context);
  const tfjsNode = await findTfjsNode(root);
  if (tfjsNode === undefined)
    return unavailable('absent', [{ way: 'package', reason: '@tensorflow/tfjs-node is not installed' }], context);
  const paths = nativePaths(tfjsNode, context.env);
  const reasons = [];
  const found = await firstThatWorks({ tfjsNode, paths, context }, reasons);
  if (found === undefined) return unavailable('unavailable', reasons, context);
  return { status: 'ready', addonPath: tfjsNode.addonPath, cacheDir: paths.cacheDir, ...found, sentence: ready(found) };
}

/** Until the cache has been looked at nothing takes long; what follows is not tried again soon after it has failed. */
async function firstThatWorks(job, reasons) {
  const { context, paths } = job;
  for (const [way, go] of ways) {
    if (way === 'wheel' && (await isKnownToFail(job, reasons))) return undefined;
    try {
      const found = await go(job);
      if (found === undefined) continue;
      if (way !== 'present') await forgetFailure(paths.failure);
      return found;
    } catch (error) {
      context.signal?.throwIfAborted();
      reasons.push({ way, reason: error.message });
    }
  }
  await rememberFailure(paths.failure, context.env, reasons);
  return undefined;
}

async function isKnownToFail({ paths, context }, reasons) {
  const failure = context.retry ? undefined : await recallFailure(paths.failure, context.env);
  if (failure === undefined) return false;
  const when = new Date(failure.time).toISOString();
  reasons.push(...failure.reasons, {
    way: 'memory',
    reason: `this was found out at ${when} and is not tried again for a day`,
  });
  return true;
}

const ORIGIN = {
  present: 'found in place',
  cache: 'cached build',
  wheel: 'built here',
  installer: "tfjs-node's own build",
};

const ready = ({ source, tensorflow }) => `native backend: TensorFlow ${tensorflow} (${ORIGIN[source]})`;

async function unavailable(status, reasons, { env, signal, command }) {
  const [off, installed] = [status === 'off', status !== 'absent'];
  const pip = off || !installed ? undefined : await findPip({ env, signal });
  const compiler = off || !installed ? undefined : await findCompiler({ env, signal });
  const advice = adviseNative({ off, installed, pip, compiler, command });
  const why = reasons.map(({ reason }) => reason).join('; ');
  return { status, reasons, advice, sentence: `native backend: ${costOfWasm}. Why: ${why}. ${advice.join(' ')}` };
}
