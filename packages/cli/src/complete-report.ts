import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { complete } from '@mixtention/attention';
import { type CompletionScores, completionData, completionPage, squareWidth } from '@mixtention/attention/page';
import { type Backend, type Matrix, MixtentionError } from '@mixtention/core';
import { columnLabel, counted } from '@mixtention/core/base';
import { checkTarget, writeFileAtomic } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import type { Readable } from './read-table.ts';

/** Rows that a page holds, and those by which its curve over T is made. */
const SHOWN = 12;
const SCORED = 500;
/** Beside the T that was asked for. */
const SCALES = [2, 1, 0.5, 0.2, 0.1, 0.05, 0.02];

export type ReportFlags = { readonly observed?: string; readonly report?: string; readonly width?: number };

/** Refuses, before the work, a page that cannot be written, or pictures that rows of the model do not fill. */
export async function checkReport(
  { observed, report, width }: ReportFlags,
  model: MixtureModel,
  inputs: readonly string[],
): Promise<void> {
  const refuse = (sentence: string): never => {
    throw new MixtentionError('BAD_OPTION', sentence);
  };
  if (report === undefined) {
    if (width !== undefined) refuse('--width is for the page of --report; give --report FILE.html');
    return;
  }
  if (observed === undefined) refuse('--report begins with some columns seen in all rows; --observed is due');
  if (!/\.html?$/i.test(report)) refuse(`--report is ${report}; a page (.html) can be written`);
  if (width !== undefined && model.width % width !== 0)
    refuse(`--width is ${width}, which does not divide the ${counted(model.width, 'column')} of the model into lines`);
  await checkTarget(report, inputs);
}

export type ReportInput = {
  readonly model: MixtureModel;
  readonly data: Readable;
  readonly mask: Uint8Array;
  readonly backend: Backend;
  readonly logitScale: number;
  /** What model and data are called. */
  readonly names: { readonly model: string; readonly data: string };
};

/** Writes the page of some rows of the data, evenly spread. */
export async function writeReport(path: string, width: number | undefined, input: ReportInput): Promise<void> {
  const { model, data, mask, logitScale, names } = input;
  const places = spread(data.rows, SHOWN);
  const rows = places.map((n) => ({ name: `row ${n}`, cells: [...wholeRow(n, input).data] }));
  const page = completionData({
    model,
    rows,
    mask,
    pictureWidth: width ?? squareWidth(model),
    about: `${counted(model.components, 'component')} of ${basename(names.model)}; ${places.length === data.rows ? 'the' : `${places.length} of the ${data.rows.toLocaleString('en')}`} rows of ${basename(names.data)}`,
    logitScale,
    scores: scoresOf(input),
  });
  const script = createRequire(import.meta.url).resolve('@mixtention/attention/live-completion');
  await writeFileAtomic(path, completionPage(page, await readFile(script, 'utf8')));
}

/** A row of which the page can show any part. */
function wholeRow(n: number, { model, data, names }: ReportInput): Matrix {
  const row = data.read(n, n + 1);
  const at = row.data.findIndex(Number.isNaN);
  if (at < 0) return row;
  const sentence = `row ${n} lacks ${columnLabel(at, model.columns)}; --report shows and scores whole rows`;
  throw new MixtentionError('BAD_DATA', `${names.data}: ${sentence}`);
}

function spread(rows: number, count: number): number[] {
  const some = Math.min(rows, count);
  return Array.from({ length: some }, (_, i) => Math.floor(((i + 0.5) * rows) / some));
}

/** Means over some rows at several T; null where another T than 1 cannot be read. */
function scoresOf(input: ReportInput): CompletionScores | null {
  const { model, data, mask, backend, logitScale } = input;
  if (model.family.scores(model.params, model.logWeights).terms.some(({ form }) => form === 'student')) return null;
  const some = stack(spread(data.rows, SCORED).map((n) => wholeRow(n, input)));
  const mean = (values: Float64Array): number => -values.reduce((sum, v) => sum + v, 0) / some.rows;
  const at = [...new Set([logitScale, ...SCALES])]
    .sort((a, b) => b - a)
    .map((T) => {
      const { jointLogProbability, marginalLogProbability } = complete(model, some, mask, {
        backend,
        truth: some,
        logitScale: T,
      });
      return { logitScale: T, joint: mean(jointLogProbability!), marginal: mean(marginalLogProbability!) };
    });
  return { rows: some.rows, at };
}

function stack(rows: readonly Matrix[]): Matrix {
  const { cols } = rows[0]!;
  const data = new Float64Array(rows.length * cols);
  rows.forEach((row, n) => {
    data.set(row.data, n * cols);
  });
  return { data, rows: rows.length, cols };
}
