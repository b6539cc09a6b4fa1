import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MixtentionError } from '@mixtention/core';
import { errorFrom, show } from '@mixtention/core/base';
import type { Model } from '@mixtention/svi';
import { readRows } from '../read-rows.ts';

/** The model of a file: its default export, or one named `model`. The file is run. */
export async function loadModel(path: string): Promise<Model<unknown>> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new MixtentionError('BAD_MODEL', `${path}: ${why}`, { cause });
  };
  const loaded = (await import(pathToFileURL(resolve(path)).href).catch((thrown: unknown) =>
    refuse(`cannot be loaded: ${errorFrom(thrown).message}`, thrown),
  )) as { readonly default?: unknown; readonly model?: unknown };
  const model = loaded.default ?? loaded.model;
  if (typeof model !== 'function') refuse(`its default export is ${show(model)}, a function of (m, data) was due`);
  return model as Model<unknown>;
}

/** Data as the model gets them: JSON as it is, a table as an array a named column. */
export async function loadData(path: string): Promise<unknown> {
  if (!path.toLowerCase().endsWith('.json')) {
    const { data } = await readRows(path, {}, { where: 'cli/vi' });
    const column = (at: number): Float64Array =>
      Float64Array.from({ length: data.rows }, (_, n) => data.data[n * data.cols + at]!);
    const { columns } = data as { readonly columns?: readonly string[] };
    return { rows: data, ...Object.fromEntries((columns ?? []).map((name, at) => [name, column(at)])) };
  }
  const refuse = (why: string, cause: unknown): never => {
    throw new MixtentionError('BAD_DATA', `${path}: ${why}`, { cause });
  };
  const text = await readFile(path, 'utf8').catch((thrown: unknown) =>
    refuse(`cannot be read: ${errorFrom(thrown).message}`, thrown),
  );
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return refuse(`is no JSON: ${errorFrom(thrown).message}`, thrown);
  }
}
