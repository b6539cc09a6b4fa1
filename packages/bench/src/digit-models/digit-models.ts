import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { fail } from '@mixtention/core/base';
import { decimal, duration } from '@mixtention/core/page';
import { loadBackend } from '@mixtention/core/threads';
import { writeFileAtomic } from '@mixtention/files';
import { readSplit } from '../digits/read-split.ts';
import { createReporter } from '../main-job/reporter.ts';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { dictionary } from './dictionary.ts';
import { type FromScratchOptions, fromScratch } from './from-scratch.ts';
import { halvesOf } from './halves.ts';
import { kept } from './kept.ts';
import { kernelAttention } from './kernel-attention.ts';
import { learntAttention } from './learnt-attention.ts';
import { type DigitOptions, digitOptions } from './options.ts';
import { PUBLISHED } from './published.ts';
import { digitModelsFile, readDigitModels } from './read-digit-models.ts';
import type { DigitModels, FittedOrTrained, FromScratch } from './results.ts';
import { rowAttention } from './row-attention.ts';
import type { Setting } from './setting.ts';
import { tables } from './tables.ts';

/** Validation images that scales are chosen on: every tenth */
const CHOSEN_ON = 1_000;

/** Rises where models, or how they are scored, change: what is kept of an earlier one is made again. */
const EDITION = 2;

/** Keys of the dictionary that stands beside other models */
const COMPONENTS = 500;
/** Of the comparison of training from scratch with EM */
const FROM_SCRATCH: readonly FromScratchOptions[] = [
  { keys: 100, epochs: 6, beginnings: ['numbers', 'images'] },
  { keys: 500, epochs: 6, beginnings: ['images'] },
];

const { PARTS = 'models,from-scratch' } = process.env;

/**
 * `npm run bench:digits`: trains and scores models of digits, beside published ones; a run that was interrupted goes on where it was. `PARTS=from-scratch` or `models` makes a part, and keeps
 * what `results/digits.json` holds of the other.
 */
await runCommand(async (signal) => {
  const options = digitOptions(process.argv.slice(2));
  const before = await readDigitModels();
  if (!PARTS.includes('models') && before === null)
    fail('bench/digits', 'BAD_OPTION', `PARTS=${PARTS} goes beside models, and none are kept: make them first`);
  const setting = await opened(join(repository, 'packages/bench/results/digits'), signal);
  const made = PARTS.includes('models') ? await models(setting, options) : (before as DigitModels);
  const scratch = PARTS.includes('from-scratch') ? await compared(setting) : before?.fromScratch;
  const results: DigitModels = {
    ...made,
    ...(scratch === undefined ? {} : { fromScratch: scratch }),
    published: PUBLISHED,
  };
  await writeFileAtomic(digitModelsFile, `${JSON.stringify(results, null, 1)}\n`);
  console.log(`\n${tables(results)}`);
  const seconds = setting.reporter.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  console.log(`packages/bench/results/digits.json written; ${duration(seconds)} in this run`);
});

/** What a stage came to, and what else that depends on, as `kept` knows it. */
function keyOf({ backend, train }: Setting, more: unknown = null): string {
  return JSON.stringify([EDITION, backend.name, train.rows, more]);
}

function natsOf({ nats }: { readonly nats: number }): string {
  return `${decimal(nats)} nats`;
}

async function models(setting: Setting, options: DigitOptions): Promise<DigitModels> {
  const { reporter, backend, folder } = setting;
  const host = machine();
  const completion = await reporter.stage(
    'a dictionary by EM',
    (show) => kept(folder, 'dictionary', keyOf(setting), () => dictionary(setting, { keys: COMPONENTS }, show)),
    (models) => models.map((one) => `${natsOf(one)} at logit scale ${one.logitScale}`).join(', '),
  );
  const kernel = await reporter.stage(
    'kernel attention',
    (show) => kept(folder, 'kernel', keyOf(setting), () => kernelAttention(setting, show)),
    ({ score }) => natsOf(score),
  );
  const learnt = await reporter.stage(
    'learnt attention',
    (show) =>
      kept(folder, 'learnt', keyOf(setting, [options.layerMinutes, kernel]), () =>
        learntAttention(setting, kernel, options.layerMinutes, show),
      ),
    natsOf,
  );
  const rows = await reporter.stage(
    'causal self-attention over rows',
    (show) =>
      kept(folder, 'rows', keyOf(setting, options.jointMinutes), () =>
        rowAttention(setting, options.jointMinutes, show),
      ),
    (one) => `${natsOf(one.joint)}, lower half given upper ${natsOf(one.completion)}`,
  );
  return {
    madeAt: new Date().toISOString(),
    machine: host,
    backend: backend.name,
    data: 'static binarised MNIST, standard split',
    completion: [...completion, kernel.score, learnt, rows.completion],
    joint: [rows.joint],
    published: PUBLISHED,
  };
}

async function compared(setting: Setting): Promise<FromScratch> {
  const { reporter, backend, folder } = setting;
  const host = machine();
  const models: FittedOrTrained[] = [];
  for (const options of FROM_SCRATCH)
    models.push(
      ...(await reporter.stage(
        `${options.keys} keys by EM and by gradients`,
        (show) =>
          kept(folder, `from-scratch-${options.keys}`, keyOf(setting, options), () =>
            fromScratch(setting, options, show),
          ),
        (made) => made.map(natsOf).join(', '),
      )),
    );
  return { madeAt: new Date().toISOString(), machine: host, backend: backend.name, models };
}

async function opened(folder: string, signal: AbortSignal): Promise<Setting> {
  const reporter = createReporter();
  const backend = await tensorBackend();
  return reporter.stage('reading digits', async () => {
    const [train, valid, test] = await Promise.all([readSplit('train'), readSplit('valid'), readSplit('test')]);
    await mkdir(folder, { recursive: true });
    const every = valid.rows / CHOSEN_ON;
    return {
      ...{ train, valid, test, backend, folder, signal, reporter },
      tf: backend.tf as Tf,
      chosenOn: halvesOf(
        valid,
        Int32Array.from({ length: CHOSEN_ON }, (_, i) => Math.floor(i * every)),
      ),
      scoredOn: halvesOf(test),
    };
  });
}

/** What trains: TensorFlow on all cores, else tfjs in WebAssembly, which is far slower. */
async function tensorBackend(): Promise<Backend> {
  try {
    return await loadBackend('tfjs-node', { intraOpThreads: availableParallelism() });
  } catch {
    return loadBackend('tfjs-wasm');
  }
}
