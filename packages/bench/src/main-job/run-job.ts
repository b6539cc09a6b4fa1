import type { CompletionData } from '@mixtention/attention/page';
import { count } from '@mixtention/core/page';
import { loadBackend, threads } from '@mixtention/core/threads';
import { readDigitModels } from '../digit-models/read-digit-models.ts';
import { loadDigits } from '../digits/digits.ts';
import { readKernelResults } from '../kernel/read-kernel-results.ts';
import { machine } from '../speed/machine.ts';
import { compareDigits } from './compare-digits.ts';
import { compareFaithful } from './compare-faithful.ts';
import { completeDigits } from './complete-digits.ts';
import { fitByBayes } from './fit-bayes.ts';
import { fitDigits } from './fit-digits.ts';
import { fitVariationally } from './fit-variational.ts';
import type { Job } from './job.ts';
import type { JobOptions } from './job-options.ts';
import type { Reporter } from './reporter.ts';
import { FORMAT, type Results, VERSION } from './results.ts';
import { shiftData } from './shift-data.ts';
import { targets } from './targets.ts';
import { weighEstimators } from './weigh-estimators.ts';

/** What the job found, and what the page of one digit is made of. */
export type JobFound = { readonly results: Results; readonly digit: CompletionData };

/** All stages of the main job, in the order in which its page tells them. */
export async function runJob(reporter: Reporter, signal: AbortSignal, options: JobOptions): Promise<JobFound> {
  const start = performance.now();
  // Before the job itself is the load.
  const host = machine();
  const executor = await threads();
  try {
    const job: Job = { executor, backend: await loadBackend(executor.backend), reporter, signal, options };
    const { page, ...found } = await runStages(job);
    const results = {
      format: FORMAT,
      version: VERSION,
      madeAt: new Date().toISOString(),
      machine: { ...host, backend: executor.backend, workers: executor.workers },
      seconds: (performance.now() - start) / 1000,
      stages: reporter.stages,
      ...found,
      digitModels: await readDigitModels(),
      kernel: await readKernelResults(),
    } as const;
    return { results: { ...results, targets: targets(results) }, digit: page };
  } finally {
    await executor.close();
  }
}

type Found = Pick<
  Results,
  'digits' | 'completion' | 'digitsTraining' | 'faithful' | 'bayes' | 'variational' | 'estimators' | 'shift'
> & { readonly page: CompletionData };

async function runStages(job: Job): Promise<Found> {
  const digits = await job.reporter.stage(
    'reading digits',
    () => loadDigits(),
    ({ name, train, test }) => `${count(train.rows)} + ${count(test.rows)} images, ${name}`,
  );
  const { result, models } = await fitDigits(digits, job);
  const { result: completion, page } = await completeDigits(digits, models, job);
  const digitsTraining = await compareDigits(digits, job);
  const faithful = await compareFaithful(job);
  const bayes = await fitByBayes(digits, job);
  const variational = await fitVariationally(job);
  const estimators = await weighEstimators(job);
  const shift = await shiftData(job);
  return { digits: result, completion, page, digitsTraining, faithful, bayes, variational, estimators, shift };
}
