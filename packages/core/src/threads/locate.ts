import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
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
 *
 * @example
 * const spec = locate(bernoulli.spec);
 * Object.keys(await importModules(spec)).includes(spec.module); // true
 */
export async function importModules(spec: Spec): Promise<{ readonly [module: string]: Tables }> {
  const modules = modulesOf(spec).map(async (url): Promise<[string, Tables]> => [url, (await import(url)) as Tables]);
  return Object.fromEntries(await Promise.all(modules));
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
