import { complete, effectiveComponents } from '@mixtention/attention';
import type { Matrix } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { backendFor } from '@mixtention/core/threads';
import { npyHeader } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { columnMask } from '../columns.ts';
import { checkReport, type ReportInput, writeReport } from '../complete-report.ts';
import { csvParts } from '../csv-parts.ts';
import { readModel } from '../model-file.ts';
import {
  type BackendFlag,
  backendOption,
  byPosition,
  type DataFlags,
  jsonOption,
  positive,
  streamOption,
  whole,
  withDataOptions,
} from '../options.ts';
import { checkStreams, openEnded, showSummary, writeAndShow, writeOutput } from '../output.ts';
import { openTable, type Table } from '../read-table.ts';
import { absentFrom, checkIds, hiddenBy, idName, isNpy, knownBy, namesOf, problemOf, rowsFor } from '../use-model.ts';

type Flags = DataFlags & {
  observed?: string;
  backend: BackendFlag;
  byPosition?: boolean;
  stream?: boolean;
  json?: boolean;
  out?: string;
  report?: string;
  width?: number;
  logitScale: number;
};

/** `mixtention complete MODEL DATA [--observed height]`: hidden columns, or the gaps of each row, predicted from what is seen, as attention. */
export function completeCommand(signal: AbortSignal): Command {
  const command = new Command('complete')
    .description(
      'Predict some columns from the others under a fitted model, and score the truth where it is given; or fill the gaps of each row.',
    )
    .argument('<model>', 'file that fit --out wrote; - is standard input')
    .argument(
      '<data>',
      'file of rows; columns that are not observed are predicted, and scored where all their cells are given: they may be empty, NA or absent',
    )
    .option(
      '--observed <list>',
      'columns of the model that are seen, by name or number from 0, as height,weight or 0:392 (default: in each row what is given, and its gaps are predicted)',
    );
  return withDataOptions(command)
    .addOption(byPosition())
    .addOption(streamOption('read rows from the disk, some at a time'))
    .addOption(backendOption())
    .option(
      '--logit-scale <T>',
      'multiplies all scores: 1 is Bayes, less makes a mixture less sure of what it has seen',
      positive,
      1,
    )
    .option(
      '--report <file>',
      'write a page (.html) that completes some of the rows live, whatever part of them is shown',
    )
    .option(
      '--width <cells>',
      'of --report: cells a line, where rows are pictures (default: binary rows of a square number of cells are)',
      whole(1),
    )
    .option('--out <file>', 'write the completed rows: .npy, else CSV; - is standard output')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: Flags) => runComplete(modelPath, dataPath, { flags, signal }));
}

type Run = { readonly flags: Flags; readonly signal: AbortSignal };

async function runComplete(modelPath: string, dataPath: string, { flags, signal }: Run): Promise<void> {
  const { out } = flags;
  await checkStreams([modelPath, dataPath], flags);
  if (out !== undefined) checkIds(out, flags);
  const model = await readModel(modelPath);
  await checkReport(flags, model, [modelPath, dataPath]);
  const mask = flags.observed === undefined ? null : columnMask(flags.observed, model.columns, model.width);
  const known = knownBy(model, flags);
  const table = await openTable(dataPath, flags, { where: 'cli/complete', known, missing: hiddenBy(mask, known) });
  try {
    const absent = absentFrom(table, mask, known);
    await completeTable(model, table, { mask, absent, flags, signal, names: { model: modelPath, data: dataPath } });
  } finally {
    table.close();
  }
}

type Completing = Run & {
  /** Of the columns; null where each row shows what is given of it. */
  readonly mask: Uint8Array | null;
  /** Hidden columns that the table has not. */
  readonly absent: readonly string[];
  readonly names: ReportInput['names'];
};

async function completeTable(
  model: MixtureModel,
  table: Table,
  { mask, absent, flags, signal, names }: Completing,
): Promise<void> {
  const { out, json, logitScale, report } = flags;
  const { rows } = table;
  const data = rowsFor(model, table, { where: 'cli/complete', byPosition: flags.byPosition, absent });
  const backend = await backendFor(problemOf(model, rows), flags.backend);
  const means = {
    logEvidencePerRow: 0,
    jointLogProbabilityPerRow: 0,
    marginalLogProbabilityPerRow: 0,
    effectiveComponentsPerRow: 0,
  };
  const share = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / rows;
  const nextIds = namesOf(table.ids);
  let missing = 0;
  const completions = async function* (): AsyncGenerator<Completed, void, void> {
    for await (const { rows: some } of blocks(data, model, signal)) {
      for (const cell of some.data) missing += Number(Number.isNaN(cell));
      const truth = mask !== null && missing === 0 ? some : undefined;
      const result = complete(model, some, mask ?? given(some), { backend, truth, responsibilities: true, logitScale });
      means.logEvidencePerRow += share(result.logEvidence);
      if (truth !== undefined) {
        means.jointLogProbabilityPerRow += share(result.jointLogProbability!);
        means.marginalLogProbabilityPerRow += share(result.marginalLogProbability!);
      }
      means.effectiveComponentsPerRow += share(effectiveComponents(result.responsibilities!));
      yield { completed: result.completed, ids: nextIds(some.rows) };
    }
  };
  const all = completions();
  if (report !== undefined && mask !== null)
    await writeReport(report, flags.width, { model, data, mask, backend, logitScale, names });
  await writeAndShow(
    async () => {
      if (out !== undefined) await writeOutput(out, openEnded(fileOf(all, { model, rows, flags, signal })));
    },
    async () => {
      // What nobody wanted to be written, or could write.
      for await (const _ of all);
      const { width: d, components } = model;
      const observed = mask === null ? null : mask.reduce((sum, seen) => sum + seen, 0);
      const unscored =
        observed === null
          ? gapsOf(missing, rows * d)
          : missing === 0
            ? null
            : whyUnscored(missing, rows * (d - observed), absent);
      const scores = {
        ...means,
        ...(unscored !== null && { jointLogProbabilityPerRow: null, marginalLogProbabilityPerRow: null }),
        unscored,
      };
      const summary = { n: rows, d, observed, backend: backend.name, components, logitScale, ...scores };
      await showSummary({ json: summary, text: forPeople(summary) }, { out, json });
    },
  );
}

/** Of each cell whether it is seen. */
function given({ data }: Matrix): Uint8Array {
  return Uint8Array.from(data, (cell) => Number(!Number.isNaN(cell)));
}

/** Some completed rows, and what names them. */
type Completed = { readonly completed: Matrix; readonly ids: readonly string[] | null };

type Naming = {
  readonly model: MixtureModel;
  readonly rows: number;
  readonly flags: Flags;
  readonly signal: AbortSignal;
};

/** The completed rows in the order of the model's columns, with their names where it knows them, in parts as they come. */
async function* fileOf(
  all: AsyncIterable<Completed>,
  { model, rows, flags, signal }: Naming,
): AsyncGenerator<string | Uint8Array, void, void> {
  const isBinary = isNpy(flags.out!);
  if (isBinary) yield npyHeader(8, rows, model.width);
  let isFirst = true;
  for await (const { completed, ids } of all) {
    const { data, cols } = completed;
    if (isBinary) {
      yield new Uint8Array(Float64Array.from(data).buffer);
      continue;
    }
    const numbers = (n: number): Iterable<number> => data.subarray(n * cols, (n + 1) * cols);
    const names =
      isFirst && model.columns !== null ? [...(ids === null ? [] : [idName(flags)]), ...model.columns] : null;
    const cells = ids === null ? numbers : (n: number) => [ids[n]!, ...numbers(n)];
    yield* csvParts({ names, rows: completed.rows, cells }, signal);
    isFirst = false;
  }
}

function gapsOf(missing: number, cells: number): string {
  if (missing === 0) return 'not scored: no cell is missing, and --observed does not say what to predict';
  return `not scored: ${missing.toLocaleString('en-US')} of ${counted(cells, 'cell')} ${missing === 1 ? 'is' : 'are'} missing, and predicted`;
}

function whyUnscored(missing: number, hidden: number, absent: readonly string[]): string {
  const [first, ...more] = absent;
  const which =
    first === undefined
      ? ''
      : ` (there is no column ${JSON.stringify(first)}${more.length === 0 ? '' : `, nor ${more.length} more`})`;
  return `not scored: ${missing.toLocaleString('en-US')} of ${counted(hidden, 'hidden cell')} ${missing === 1 ? 'is' : 'are'} missing${which}`;
}

function forPeople(s: { readonly [name: string]: number | string | null }): string {
  const nats = (name: string): string => (s[name] as number).toFixed(4);
  return [
    `${counted(Number(s.n), 'row')}: ${s.observed === null ? 'what is given' : s.observed} of ${counted(Number(s.d), 'column')} seen, ${counted(Number(s.components), 'component')}, ${s.backend} backend${s.logitScale === 1 ? '' : `, scores times ${s.logitScale}`}`,
    `seen part          ${nats('logEvidencePerRow')} nats per row`,
    ...(s.unscored === null
      ? [
          `hidden part        ${nats('jointLogProbabilityPerRow')} nats per row, exact: log p(hidden | seen)`,
          `hidden, singly     ${nats('marginalLogProbabilityPerRow')} nats per row, the sum over columns of log p(column | seen)`,
        ]
      : [`hidden part        ${s.unscored}`]),
    `components in use  ${nats('effectiveComponentsPerRow')} per row (exponential of the entropy)`,
    '',
  ].join('\n');
}
