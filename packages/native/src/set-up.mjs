import { join } from 'node:path';
import { adviseNative, costWithout } from './advise.mjs';
import { compiledFiles } from './build-addon.mjs';
import { nativeIsOff, nativePaths, progressByLines } from './context.mjs';
import { identify } from './identity.mjs';
import { forgetFailure, recallFailure, rememberFailure, tools } from './last-failure.mjs';
import { tensorflowWheel } from './pins.mjs';
import { findTfjsNode } from './tfjs-node.mjs';
import { findCompiler, findPip } from './tools.mjs';
import { ways } from './ways.mjs';

/**
 * Make the native TensorFlow addon of `@tensorflow/tfjs-node` usable, by the first way that works: it is there already; a cached
 * build; a build from the TensorFlow wheel fetched with pip (x86-64 Linux); tfjs-node's own installer, where that is asked for.
 *
 * Every cached file is hashed before a checkout gets a link to it. A build that does not load is made anew.
 *
 * Never fails: when no way works the report says that wasm is used, what that costs and how to change it. Only an abort rejects.
 * Idempotent, and safe against two runs at once. A failure is remembered for a day unless `retry` is set.
 * Types and options: `index.d.mts`.
 */
export async function setUpTfjsNode({
  root = process.cwd(),
  env = process.env,
  log = () => {},
  progress = progressByLines(log),
  signal,
  command = 'npx mixtention setup-native',
  quick = false,
  retry = false,
  verify = false,
  force = false,
  vendorInstaller = false,
  recipe = tensorflowWheel, // the tests bring a small one
} = {}) {
  const started = performance.now();
  const asked = { quick, verify, force, vendorInstaller, retry: retry || force || verify || vendorInstaller };
  const outcome = await attempt(root, recipe, { env, log, progress, signal, command, ...asked });
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

async function attempt(root, recipe, context) {
  if (nativeIsOff(context.env))
    return unavailable('off', [{ way: 'setting', reason: 'MIXTENTION_NATIVE=off' }], context);
  const tfjsNode = await findTfjsNode(root);
  if (tfjsNode === undefined)
    return unavailable('absent', [{ way: 'package', reason: '@tensorflow/tfjs-node is not installed' }], context);
  const paths = nativePaths(tfjsNode, context.env, recipe);
  const reasons = [];
  const job = { tfjsNode, paths, recipe, context };
  const found = await firstThatWorks(job, reasons);
  if (found === undefined) return unavailable('unavailable', reasons, context, job.isFetched);
  return { status: 'ready', addonPath: tfjsNode.addonPath, cacheDir: paths.cacheDir, ...found, sentence: ready(found) };
}

/** What is in place is looked at first; the rest takes seconds or more, and is not tried again soon after it has failed. */
async function firstThatWorks(job, reasons) {
  const { context, paths } = job;
  const situation = await situationOf(job);
  for (const [way, go] of ways) {
    if (way === 'cache' && (await isKnownToFail(job, situation, reasons))) return undefined;
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
  const { isFetched = false } = job;
  await rememberFailure(paths.failure, await situationOf(job), { reasons, isFetched });
  return undefined;
}

/** What decides whether another try could end otherwise: the tools, where pip looks, and what is cached. */
async function situationOf({ paths, recipe, context }) {
  const compiled = Object.values(compiledFiles).map((name) => join(paths.compiled, name));
  const cached = [...recipe.libraries.map(({ name }) => join(paths.build, name)), ...compiled];
  return [...tools(context.env), ...(await Promise.all(cached.map(identify)))].join('|');
}

async function isKnownToFail(job, situation, reasons) {
  const failure = job.context.retry ? undefined : await recallFailure(job.paths.failure, situation);
  if (failure === undefined) return false;
  job.isFetched = failure.isFetched;
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

const ready = ({ source, tensorflow }) => `tfjs-node: TensorFlow ${tensorflow} (${ORIGIN[source]})`;

async function unavailable(status, reasons, { env, signal, command }, isFetched = false) {
  const [off, installed] = [status === 'off', status !== 'absent'];
  const pip = off || !installed ? undefined : await findPip({ env, signal });
  const compiler = off || !installed ? undefined : await findCompiler({ env, signal });
  const advice = adviseNative({ off, installed, pip, compiler, isFetched, command });
  const why = reasons.map(({ reason }) => reason).join('; ');
  return { status, reasons, advice, sentence: `tfjs-node: ${costWithout}. Why: ${why}. ${advice.join(' ')}` };
}
