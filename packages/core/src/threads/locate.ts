import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errorFrom, fail } from '../base/errors.ts';
import { mapSpecs } from '../base/specs.ts';
import type { Spec } from '../contracts/index.ts';
import { modulesOf } from '../crew/index.ts';
import type { Tables } from '../loop/spec.ts';

/**
 * The same spec with the URL of its module in place of the name, and so for every spec inside it: what another thread imports.
 *
 * Bare names are resolved from the file that wrote the spec, so that a package finds itself wherever it is installed.
 *
 * @throws BAD_OPTION for a module that is not found from there
 *
 * @example
 * locate(bernoulli.spec).module.startsWith('file:'); // true
 * locate(bernoulli.spec).name; // 'bernoulli'
 */
export function locate(spec: Spec): Spec {
  return { ...spec, module: moduleUrl(spec), config: mapSpecs(spec.config, locate) };
}

/**
 * Imports the modules of a located spec and of every spec inside it.
 *
 * @returns what they export, by their URL
 * @throws BAD_MODEL for a file that is no longer the one whose SHA-256 its URL tells (`?sha256=`)
 *
 * @example
 * const spec = locate(bernoulli.spec);
 * Object.keys(await importModules(spec)).includes(spec.module); // true
 */
export async function importModules(spec: Spec): Promise<{ readonly [module: string]: Tables }> {
  const modules = modulesOf(spec).map(async (url): Promise<[string, Tables]> => {
    await checkHash(url);
    return [url, (await import(url)) as Tables];
  });
  return Object.fromEntries(await Promise.all(modules));
}

/** A URL that tells a hash is imported anew when that changes; a file that has changed meanwhile is not what was meant. */
async function checkHash(url: string): Promise<void> {
  const due = url.startsWith('file:') ? new URL(url).searchParams.get('sha256') : null;
  if (due === null) return;
  const path = fileURLToPath(url);
  const found = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (found !== due) fail('core/importModules', 'BAD_MODEL', `${path} has changed since the run began`);
}

function moduleUrl({ kind, name, module, from }: Spec): string {
  if (module.startsWith('file:')) return module;
  if (isAbsolute(module)) return pathToFileURL(module).href;
  try {
    return pathToFileURL(createRequire(from).resolve(module)).href;
  } catch (cause) {
    const what = `the module "${module}" of the ${kind} "${name}" is not found from "${from}"`;
    return fail('core/locate', 'BAD_OPTION', `${what} (${errorFrom(cause).message.split('\n')[0]})`, cause);
  }
}
