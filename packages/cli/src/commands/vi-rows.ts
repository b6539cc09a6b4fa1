import { errorFrom } from '@mixtention/core/base';
import { openExecutor } from '@mixtention/core/threads';
import { printable, writeFileAtomic } from '@mixtention/files';
import type { SviResult } from '@mixtention/svi';
import type { TraceMark } from '@mixtention/svi/page';
import { modelModule, type RowsOptions, sviOnRows } from '@mixtention/svi/rows';
import { say } from '../print.ts';
import { progressLine } from '../progress.ts';
import { readTable } from '../read-table.ts';
import { readText } from './fit-checkpoint.ts';

export type RowsFlags = {
  readonly minibatch?: number;
  readonly workers: number;
  readonly stream?: boolean;
  readonly checkpoint?: string;
  readonly every?: number;
  readonly resume?: string;
};

type Setting = {
  readonly flags: RowsFlags;
  readonly options: RowsOptions;
  readonly signal: AbortSignal;
  readonly trace: TraceMark[];
};

/** `vi --on-rows`: the rows of a table where they lie, in parts, on worker threads where they are asked for. */
export async function viOnRows(modelPath: string, dataPath: string, setting: Setting): Promise<SviResult> {
  const { flags, options, signal, trace } = setting;
  const model = await modelModule(modelPath);
  const table = await readTable(dataPath, flags, 'cli/vi');
  const executor = await openExecutor({ workers: flags.workers });
  const line = progressLine();
  line.show('finding a start and a learning rate');
  const begun = performance.now();
  // One after another: the last is the last that is written.
  let writing = Promise.resolve();
  const write = (text: string): void => {
    writing = writing.then(() =>
      writeFileAtomic(flags.checkpoint!, text).catch((thrown: unknown) =>
        say(`mixtention: note: no checkpoint was written: ${printable(errorFrom(thrown).message)}\n`),
      ),
    );
  };
  try {
    return await sviOnRows(model, table.input, {
      ...options,
      executor,
      stopSignal: signal,
      ...(flags.minibatch !== undefined && { minibatch: flags.minibatch }),
      ...(flags.resume !== undefined && { resume: await readText(flags.resume, (text) => text, 'cli/vi') }),
      ...(flags.every !== undefined && { checkpointEveryMs: flags.every }),
      ...(flags.checkpoint !== undefined && { onCheckpoint: write }),
      onStep: ({ step, bound, learningRate }) => {
        trace.push({ step, bound, learningRate });
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        line.show(`step ${step}, bound about ${bound.toFixed(3)}, learning rate ${learningRate}, ${seconds} s`);
      },
    });
  } finally {
    line.done();
    await writing;
    await executor.close();
    table.close();
  }
}
