import type { Matrix } from '@mixtention/core';
import { type FitOptions, fit } from '@mixtention/em';
import type { MixtureModel } from '@mixtention/mixture';
import { table } from '../speed/table.ts';

const EPOCHS = [1, 2, 3, 4, 6, 8, 12];
const MARKS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 50, 60, 80, 100];
/** Nats a validation row that stepwise EM may be behind. */
const WITHIN = 1;

type Splits = { readonly train: Matrix; readonly validation: Matrix; readonly test: Matrix };
type Mark = {
  readonly steps: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly validation: number;
  readonly test: number;
};

/** Stepwise EM beside EM from one start: how soon it is within a nat of where EM ends, and how long EM takes to get there. Epochs are chosen on validation rows. */
export async function raceStepwise(
  { train, validation, test }: Splits,
  options: FitOptions & { readonly components: number },
  scored: (model: MixtureModel, x: Matrix) => number,
): Promise<string> {
  const timed = async (
    steps: number,
    more: Partial<FitOptions> & { schedule?: 'stepwise' },
  ): Promise<Mark & { model: MixtureModel }> => {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    const { model } = await fit(train, { ...options, ...more, maxIterations: steps });
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return {
      steps,
      seconds,
      cpu: (user + system) / 1e6,
      validation: scored(model, validation),
      test: scored(model, test),
      model,
    };
  };
  // Both from scratch for every mark: what setting up costs is in each, once.
  const em: Mark[] = [];
  for (const steps of MARKS) em.push(await timed(steps, {}));
  const last = em.at(-1)!;
  const epochs: Mark[] = [];
  for (const steps of EPOCHS) {
    epochs.push(await timed(steps, { schedule: 'stepwise', tolerance: 0 }));
    if (epochs.at(-1)!.validation >= last.validation - WITHIN) break;
  }
  const rows = (name: string, marks: readonly Mark[]): string[][] =>
    marks.map((mark) => [
      name,
      String(mark.steps),
      mark.seconds.toFixed(2),
      mark.cpu.toFixed(2),
      mark.validation.toFixed(2),
      mark.test.toFixed(2),
    ]);
  const heads = ['schedule', 'passes after the first', 'seconds', 'CPU seconds', 'validation nats', 'test nats'];
  const found = epochs.at(-1)!;
  const same = em.find((mark) => mark.validation >= found.validation) ?? last;
  const verdict =
    found.validation >= last.validation - WITHIN
      ? `Stepwise EM is within ${WITHIN} nat of EM (test: ${(found.test - last.test).toFixed(2)}) after ${found.steps} epochs; EM comes to the same validation nats after ${same.steps} iterations: ${(found.seconds / same.seconds).toFixed(2)} of its time, ${(found.cpu / same.cpu).toFixed(2)} of its CPU time (due: 0.2)`
      : `Stepwise EM did not come within ${WITHIN} nat of EM in ${found.steps} epochs`;
  return `K = ${options.components}\n${table([heads, ...rows('batch', em), ...rows('stepwise', epochs)])}\n\n${verdict}.`;
}
