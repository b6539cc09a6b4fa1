import type { Spec } from '@mixtention/core';
import { errorFrom, fail, show } from '@mixtention/core/base';
import type { Model } from '../model/index.ts';
import type { RowsData } from './split-trace.ts';

/** A model as what crosses to threads: its spec, and the function that it names. */
export type ModelObject = { readonly spec: Spec; readonly run: Model<RowsData> };

type Node = {
  getBuiltinModule?(name: 'node:fs'): { readFileSync(path: string | URL): Uint8Array };
  getBuiltinModule?(name: 'node:url'): { pathToFileURL(path: string): URL };
  getBuiltinModule?(name: 'node:crypto'): {
    createHash(name: 'sha256'): { update(data: Uint8Array): { digest(form: 'hex'): string } };
  };
};

/**
 * A model in a file of its own, which worker threads import too. Its spec holds the SHA-256 of the file: threads run this very file, and a checkpoint resumes with no other.
 *
 * @param path  of a JavaScript file, or its URL; it is run
 * @param name  of the export that is the model (default `default`)
 * @throws BAD_MODEL for a file that cannot be loaded, or an export that is no function; BACKEND_UNAVAILABLE outside of Node
 *
 * @example
 * try {
 *   await modelModule('no-such-model.mjs');
 * } catch (error) {
 *   error.code; // 'BAD_MODEL'
 * }
 */
export async function modelModule(path: string | URL, name = 'default'): Promise<ModelObject> {
  const { process } = globalThis as { readonly process?: Node };
  const where = 'svi/modelModule';
  const load = process?.getBuiltinModule?.bind(process);
  if (load === undefined)
    return fail(where, 'BACKEND_UNAVAILABLE', 'models in files are read by Node; in a page hand over the function');
  const url = path instanceof URL || path.startsWith('file:') ? new URL(path) : load('node:url').pathToFileURL(path);
  try {
    const hash = load('node:crypto').createHash('sha256').update(load('node:fs').readFileSync(url)).digest('hex');
    url.searchParams.set('sha256', hash);
    const run = ((await import(/* @vite-ignore */ url.href)) as { readonly [name: string]: unknown })[name];
    if (typeof run !== 'function')
      return fail(
        where,
        'BAD_MODEL',
        `${url.pathname}: its export "${name}" is ${show(run)}, a function of (m, data) was due`,
      );
    const spec: Spec = { kind: 'model', name, module: url.href, from: url.href, config: { sha256: hash } };
    return { spec, run: run as Model<RowsData> };
  } catch (thrown) {
    const error = errorFrom(thrown);
    if ((error as { code?: unknown }).code === 'BAD_MODEL') throw error;
    return fail(where, 'BAD_MODEL', `${url.pathname}: cannot be loaded: ${error.message}`, thrown);
  }
}

/** A function of this thread alone: it has no module that others could import. */
export const modelHere = (run: Model<RowsData>): ModelObject => ({
  run,
  spec: { kind: 'model', name: run.name || 'model', module: 'none: a function', from: '', config: null },
});

export const isHere = ({ spec }: ModelObject): boolean => spec.from === '';
