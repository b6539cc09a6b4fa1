import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export const kernelFile = 'kernel.node';

/**
 * The package of this platform that holds the built kernel: where it is not installed, what is compiled here takes its place.
 *
 * @returns {string}
 */
export function kernelPackage() {
  return `@mixtention/native-${process.platform}-${process.arch}${process.platform === 'linux' ? `-${libraryOfC()}` : ''}`;
}

function libraryOfC() {
  const { report } = process;
  report.excludeNetwork = true; // else it looks up names of open connections
  return report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'gnu';
}

/**
 * The folder from which `@mixtention/core`, as code in `root` would import it, finds that package; undefined where there is no core.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function kernelFolder(root) {
  const from = createRequire(join(root, 'resolve.js'));
  let core;
  try {
    core = dirname(from.resolve('@mixtention/core/package.json'));
  } catch {
    return undefined;
  }
  const beside = dirname(dirname(core));
  // In a workspace core is a link to a folder outside of node_modules.
  const modules =
    basename(beside) === 'node_modules'
      ? beside
      : createRequire(join(core, 'resolve.js'))
          .resolve.paths('@mixtention/core')
          .find((path) => existsSync(join(path, '@mixtention')));
  return modules === undefined ? undefined : join(modules, ...kernelPackage().split('/'));
}

/**
 * What lies in that folder: the version of its kernel, which a package of npm does not tell.
 *
 * @param {string} folder
 * @returns {Promise<{ path: string, version: string | undefined } | undefined>}
 */
export async function readKernelPackage(folder) {
  const path = join(folder, kernelFile);
  if (!existsSync(path)) return undefined;
  const { builtHere } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return { path, version: builtHere };
}

/**
 * Put a compiled kernel there. Each file appears by rename, so two runs at once do no harm.
 *
 * @param {string} folder
 * @param {string} compiled
 * @param {string} version
 * @returns {Promise<string>} where the kernel is now
 */
export async function writeKernelPackage(folder, compiled, version) {
  await mkdir(folder, { recursive: true });
  const description = { name: kernelPackage(), version: '0.0.0', main: kernelFile, builtHere: version };
  const aside = join(folder, randomUUID());
  await copyFile(compiled, aside);
  await rename(aside, join(folder, kernelFile));
  await writeFile(aside, `${JSON.stringify(description, null, 2)}\n`);
  await rename(aside, join(folder, 'package.json'));
  return join(folder, kernelFile);
}
