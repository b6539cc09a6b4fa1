import { kernelVersion } from './compile-kernel.mjs';
import { nativeIsOff } from './context.mjs';
import { kernelFolder, kernelPackage, readKernelPackage } from './kernel-package.mjs';
import { loadKernel } from './load-kernel.mjs';
import { findCompiler } from './tools.mjs';

/**
 * The state of the native kernel, looked at without changing anything. It is loaded in a process of its own (0.1 seconds). Types: `index.d.mts`.
 */
export async function inspectKernel({
  root = process.cwd(),
  env = process.env,
  signal,
  command = 'npx mixtention setup-native',
} = {}) {
  if (nativeIsOff(env)) return missing('MIXTENTION_NATIVE=off', ['Unset MIXTENTION_NATIVE to allow native code.']);
  const folder = await kernelFolder(root);
  const found = folder === undefined ? undefined : await readKernelPackage(folder);
  const advice = await adviseKernel(command, { env, signal });
  if (found === undefined) return missing(`${kernelPackage()} is not installed, nor was it compiled here`, advice);
  if (found.version !== undefined && found.version !== (await kernelVersion()))
    return missing('it was compiled from other sources', advice, found.path);
  const answer = await loadKernel(found.path, { env, signal });
  if (!answer.loads) return missing(`it does not load (${answer.reason})`, advice, found.path);
  return { loads: true, path: found.path, sets: answer.sets, reason: null, advice: [] };
}

const missing = (reason, advice, path = null) => ({ loads: false, path, sets: [], reason, advice });

async function adviseKernel(command, options) {
  const compiler = process.platform === 'win32' ? 'none' : await findCompiler(options);
  if (compiler === 'none') return [];
  if (compiler === undefined)
    return ['Install a C++ compiler (Debian, Ubuntu: `apt-get install g++`).', `Then run \`${command}\`.`];
  return [`Run \`${command}\` to compile the native kernel.`];
}
