import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { decimal, duration } from '@mixtention/attention/page';
import type { Backend } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { loadBackend } from '@mixtention/core/threads';
import { writeFileAtomic } from '@mixtention/files';
import { readSplit } from '../digits/read-split.ts';
import { createReporter } from '../main-job/reporter.ts';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { dictionary } from './dictionary.ts';
import { halvesOf } from './halves.ts';
import { kept } from './kept.ts';
import { kernelAttention } from './kernel-attention.ts';
import { learntAttention } from './learnt-attention.ts';
import { digitOptions } from './options.ts';
import { PUBLISHED } from './published.ts';
import { digitModelsFile } from './read-digit-models.ts';
import type { DigitModels } from './results.ts';
import { rowAttention } from './row-attention.ts';
import type { Setting } from './setting.ts';
import { tables } from './tables.ts';

/** Validation images that scales are chosen on: every tenth */
const CHOSEN_ON = 1_000;

/** Rises where models, or how they are scored, change: what is kept of an earlier one is made again. */
const EDITION = 1;

/** `npm run bench:digits`: trains and scores models of digits, beside published ones; a run that was interrupted goes on where it was. */
await runCommand(async (signal) => {
  const options = digitOptions(process.argv.slice(2));
  const host = machine();
  const folder = join(repository, 'packages/bench/results/digits');
  const setting = await opened(folder, signal);
  const { reporter, backend } = setting;
  const key = (more: unknown = null): string => JSON.stringify([EDITION, backend.name, setting.train.rows, more]);
  const nats = (one: { readonly nats: number }): string => `${decimal(one.nats)} nats`;
  const completion = await reporter.stage(
    'a dictionary by EM',
    (show) => kept(folder, 'dictionary', key(), () => dictionary(setting, show)),
    (models) => models.map((one) => `${nats(one)} at logit scale ${one.logitScale}`).join(', '),
  );
  const kernel = await reporter.stage(
    'kernel attention',
    (show) => kept(folder, 'kernel', key(), () => kernelAttention(setting, show)),
    ({ score }) => nats(score),
  );
  const learnt = await reporter.stage(
    'learnt attention',
    (show) =>
      kept(folder, 'learnt', key([options.layerMinutes, kernel]), () =>
        learntAttention(setting, kernel, options.layerMinutes, show),
      ),
    nats,
  );
  const rows = await reporter.stage(
    'causal self-attention over rows',
    (show) => kept(folder, 'rows', key(options.jointMinutes), () => rowAttention(setting, options.jointMinutes, show)),
    (one) => `${nats(one.joint)}, lower half given upper ${nats(one.completion)}`,
  );
  const results: DigitModels = {
    madeAt: new Date().toISOString(),
    machine: host,
    backend: backend.name,
    data: 'static binarised MNIST, standard split',
    completion: [...completion, kernel.score, learnt, rows.completion],
    joint: [rows.joint],
    published: PUBLISHED,
  };
  await writeFileAtomic(digitModelsFile, `${JSON.stringify(results, null, 1)}\n`);
  console.log(`\n${tables(results)}`);
  const seconds = reporter.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  console.log(`packages/bench/results/digits.json written; ${duration(seconds)} in this run`);
});

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
