import type { Backend } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { backendFor } from '@mixtention/core/threads';
import { npyHeader } from '@mixtention/files';
import type { MixtureModel } from '@mixtention/mixture';
import { Command } from 'commander';
import { blocks } from '../blocks.ts';
import { csvParts } from '../csv-parts.ts';
import { readModel } from '../model-file.ts';
import {
  type BackendFlag,
  backendOption,
  byPosition,
  type DataFlags,
  dropMissingOption,
  jsonOption,
  streamOption,
  withDataOptions,
} from '../options.ts';
import { checkStreams, openEnded, showSummary, writeAndShow, writeOutput } from '../output.ts';
import { openTable, type Readable, type Table } from '../read-table.ts';
import { allocate, checkIds, idName, isNpy, knownBy, namesOf, problemOf, rowsFor } from '../use-model.ts';

type Flags = DataFlags & {
  backend: BackendFlag;
  byPosition?: boolean;
  probabilities?: boolean;
  stream?: boolean;
  dropMissing?: boolean;
  json?: boolean;
  out?: string;
};

/** `mixtention predict MODEL DATA`: the best component and the log density of every row. */
export function predictCommand(signal: AbortSignal): Command {
  const command = new Command('predict')
    .description('Assign rows to the components of a fitted model.')
    .argument('<model>', 'file that fit --out wrote; - is standard input')
    .argument('<data>', 'file with one row per data point; - is standard input');
  return withDataOptions(command)
    .addOption(byPosition())
    .addOption(streamOption('read rows from the disk, some at a time'))
    .addOption(dropMissingOption())
    .addOption(backendOption())
    .option('--out <file>', 'write id, label and log density of every row: .npy, else CSV; - is standard output')
    .option('--probabilities', 'write the probability of every component too (p0, p1, …)')
    .addOption(jsonOption())
    .action((modelPath: string, dataPath: string, flags: Flags) => runPredict(modelPath, dataPath, { flags, signal }));
}

type Run = { readonly flags: Flags; readonly signal: AbortSignal };

async function runPredict(modelPath: string, dataPath: string, { flags, signal }: Run): Promise<void> {
  const { out, json, probabilities: isWanted = false } = flags;
  if (isWanted && out === undefined && !json)
    fail('cli/predict', 'BAD_OPTION', '--probabilities goes with --out or --json, neither is given');
  await checkStreams([modelPath, dataPath], flags);
  if (out !== undefined) checkIds(out, flags);
  const model = await readModel(modelPath);
  const table = await openTable(dataPath, flags, { where: 'cli/predict', known: knownBy(model, flags) });
  try {
    await predictTable(model, table, { flags, signal });
  } finally {
    table.close();
  }
}

async function predictTable(model: MixtureModel, table: Table, { flags, signal }: Run): Promise<void> {
  const { out, json, probabilities: isWanted = false } = flags;
  const { rows } = table;
  const data = rowsFor(model, table, { where: 'cli/predict', byPosition: flags.byPosition });
  const backend = await backendFor(problemOf(model, rows), flags.backend);
  const lists = json ? emptyLists(rows, { model, isWanted, hasIds: table.ids !== null }) : null;
  const totals = { counts: new Array<number>(model.components).fill(0), logLikelihood: 0 };
  const run = predictions(model, data, { nextIds: namesOf(table.ids), isWanted, backend, signal });
  const noted = async function* (): AsyncGenerator<Prediction, void, void> {
    for await (const some of run) {
      note(some, totals, lists);
      yield some;
    }
  };
  const all = noted();
  await writeAndShow(
    async () => {
      if (out !== undefined) await writeOutput(out, openEnded(fileOf(all, { model, rows, flags, signal })));
    },
    async () => {
      // What nobody wanted to be written, or could write.
      for await (const _ of all);
      const { counts, logLikelihood } = totals;
      const perRow = logLikelihood / rows;
      const summary = { n: rows, d: model.width, backend: backend.name, components: model.components, logLikelihood };
      const found = { ...summary, logLikelihoodPerRow: perRow, counts, ...(lists && listsOf(lists, model.components)) };
      await showSummary({ json: found, text: forPeople(rows, perRow, counts) }, { out, json });
    },
  );
}

/** What is said of some rows, from `start` on. */
type Prediction = {
  readonly start: number;
  readonly labels: Int32Array;
  readonly logDensity: Float64Array;
  /** `[B, K]`, when asked for */
  readonly probabilities: Float64Array | null;
  readonly ids: readonly string[] | null;
};

type Predicting = {
  readonly nextIds: ReturnType<typeof namesOf>;
  readonly isWanted: boolean;
  readonly backend: Backend;
  readonly signal: AbortSignal;
};

/** Predictions of all rows, in blocks. */
async function* predictions(
  model: MixtureModel,
  data: Readable,
  { nextIds, isWanted, backend, signal }: Predicting,
): AsyncGenerator<Prediction, void, void> {
  for await (const { rows, start } of blocks(data, model, signal)) {
    yield {
      start,
      labels: model.predict(rows, { backend }),
      logDensity: model.logDensity(rows, { backend }),
      probabilities: isWanted ? (model.responsibilities(rows, { backend }).data as Float64Array) : null,
      ids: nextIds(rows.rows),
    };
  }
}

/** What `--json` prints of every row. */
type Lists = {
  readonly ids: string[] | null;
  readonly labels: Int32Array;
  readonly logDensity: Float64Array;
  readonly probabilities: Float64Array | null;
};

function emptyLists(
  rows: number,
  { model, isWanted, hasIds }: { readonly model: MixtureModel; readonly isWanted: boolean; readonly hasIds: boolean },
): Lists {
  return {
    ids: hasIds ? [] : null,
    labels: new Int32Array(rows),
    logDensity: new Float64Array(rows),
    probabilities: isWanted ? allocate(rows, model.components) : null,
  };
}

function listsOf({ ids, labels, logDensity, probabilities }: Lists, components: number): object {
  const rows = probabilities && rowsOf(probabilities, components);
  return { ...(ids && { ids }), labels, logDensity, ...(rows && { probabilities: rows }) };
}

/** Adds some rows to totals and lists. */
function note(
  { start, labels, logDensity, probabilities, ids }: Prediction,
  totals: { readonly counts: number[]; logLikelihood: number },
  lists: Lists | null,
): void {
  // −1: no component can have made the row
  for (const label of labels) if (label >= 0) totals.counts[label]!++;
  totals.logLikelihood = logDensity.reduce((sum, l) => sum + l, totals.logLikelihood);
  if (lists === null) return;
  lists.labels.set(labels, start);
  lists.logDensity.set(logDensity, start);
  if (probabilities !== null) lists.probabilities!.set(probabilities, start * totals.counts.length);
  for (const id of ids ?? []) lists.ids!.push(id);
}

type Naming = {
  readonly model: MixtureModel;
  readonly rows: number;
  readonly flags: Flags;
  readonly signal: AbortSignal;
};

/** The file in parts, as predictions come. */
async function* fileOf(
  all: AsyncIterable<Prediction>,
  { model, rows, flags, signal }: Naming,
): AsyncGenerator<string | Uint8Array, void, void> {
  const K = flags.probabilities ? model.components : 0;
  const isBinary = isNpy(flags.out!);
  if (isBinary) yield npyHeader(8, rows, 2 + K);
  let names: readonly string[] | null = ['label', 'logDensity', ...Array.from({ length: K }, (_, k) => `p${k}`)];
  for await (const { labels, logDensity, probabilities, ids } of all) {
    const numbers = (n: number): number[] => [
      labels[n]!,
      logDensity[n]!,
      ...(probabilities?.subarray(n * K, (n + 1) * K) ?? []),
    ];
    if (isBinary) {
      const data = new Float64Array(labels.length * (2 + K));
      for (let n = 0; n < labels.length; n++) data.set(numbers(n), n * (2 + K));
      yield new Uint8Array(data.buffer);
      continue;
    }
    if (names !== null && ids !== null) names = [idName(flags), ...names];
    const cells = ids === null ? numbers : (n: number) => [ids[n]!, ...numbers(n)];
    yield* csvParts({ names, rows: labels.length, cells }, signal);
    names = null;
  }
}

function rowsOf(data: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: data.length / width }, (_, n) => data.subarray(n * width, (n + 1) * width));
}

function forPeople(n: number, perRow: number, counts: readonly number[]): string {
  const nobody = n - counts.reduce((sum, count) => sum + count, 0);
  const lines = counts.map((count, k) => `${String(k).padStart(4)}  ${counted(count, 'row')}\n`);
  if (nobody > 0) lines.push(`none  ${counted(nobody, 'row')} that no component can have made\n`);
  return `${counted(n, 'row')}, ${perRow.toFixed(4)} nats per row\n${lines.join('')}`;
}
