import type { AnyAlgorithm, Dataset, Executor, Matrix, Mixture } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { type RunOptions, run } from '@mixtention/core/loop';
import { key } from '@mixtention/core/numeric';
import { batch, deal, scheduleDefaults, stepwise } from '@mixtention/em';
import { bernoulli, pointWeights } from '@mixtention/mixture';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';

/** Epochs of stepwise EM, and iterations of EM for each of them. */
const EPOCHS = 6;
const ITERATIONS = 20;
/** Nats a validation row that stepwise EM may be behind EM. */
const WITHIN = 1;

type Splits = { readonly train: Matrix; readonly validation: Matrix; readonly test: Matrix };

type Options = {
  readonly components: number;
  readonly executor: Executor;
  readonly signal: AbortSignal;
  /** Rows of a minibatch, where the default is not to be used. */
  readonly minibatch: number | undefined;
  readonly forgetting: number | undefined;
  readonly delay: number | undefined;
};

/** What a run has come to, and what it has taken up to there. */
type Mark = {
  readonly step: number;
  readonly seconds: number;
  readonly cpu: number;
  /** CPU seconds of it between passes: updates, and what they ask for next. */
  readonly updates: number;
  readonly validation: number;
  readonly test: number;
};

/**
 * Stepwise EM beside EM, from one start and on one copy of the rows, by turns: an epoch of one, then iterations of the other.
 *
 * Each mark has the nats of its state and the time of all passes and updates up to there, starting and scoring left out. How long stepwise EM is to run is chosen on validation rows: up to the
 * epoch within a nat of where EM ends whose nats take EM the most times as long.
 */
export async function raceStepwise(
  { train, validation, test }: Splits,
  { components, executor, signal, minibatch, ...rates }: Options,
): Promise<string> {
  const data = dataset(train);
  const others = { validation: dataset(validation), test: dataset(test) };
  const { forgetting = scheduleDefaults.forgetting, delay = scheduleDefaults.delay } = rates;
  const algorithm = batch({
    family: bernoulli,
    components,
    start: 'random',
    prior: { a: 1.1, b: 1.1 },
    weights: pointWeights(),
    floor: 0,
  });
  const { minibatches: most, rowsEach: each } = scheduleDefaults;
  const dealt = deal(data, components, { minibatch, most, each });
  const driver = stepwise({ algorithm, ...dealt, forgetting, delay, tolerance: -1 });
  const nats = async (mixture: Mixture, rows: Dataset): Promise<number> => {
    const { sum } = await executor.collect(algorithm, { message: mixture }, rows, { signal });
    return (sum as { logEvidence: number }).logEvidence / rows.rows;
  };
  const side = (own: AnyAlgorithm, mixtureOf: (state: never) => Mixture): (() => Promise<Mark>) => {
    const options: RunOptions = {
      executor,
      signal,
      first: { key: key(0), components },
      maxIterations: Number.POSITIVE_INFINITY,
      tolerance: 0,
      finish: false,
    };
    let [step, seconds, cpu, updates] = [0, 0, 0, 0];
    const timed = <Given extends unknown[], Result>(work: (...given: Given) => Result) => {
      return (...given: Given): Result => {
        const spent = stopwatch();
        const result = work(...given);
        updates += spent().cpuSeconds;
        return result;
      };
    };
    const steps = run({ ...own, ask: timed(own.ask), update: timed(own.update) }, data, options);
    return async () => {
      const spent = stopwatch();
      const { value } = await steps.next();
      const took = spent();
      seconds += took.seconds;
      cpu += took.cpuSeconds;
      const mixture = mixtureOf(value!.state as never);
      const [ofValidation, ofTest] = [await nats(mixture, others.validation), await nats(mixture, others.test)];
      return { step: step++, seconds, cpu, updates, validation: ofValidation, test: ofTest };
    };
  };
  // Rows are read, and workers started, before anything is timed.
  await side(algorithm, (state) => state)();
  const em = side(algorithm, (state) => state);
  const epoch = side(driver, (state) => driver.innerOf(state) as unknown as Mixture);
  const [marks, epochs]: [Mark[], Mark[]] = [[], []];
  for (let turn = 0; turn < EPOCHS; turn++) {
    epochs.push(await epoch());
    for (let i = 0; i < ITERATIONS; i++) marks.push(await em());
  }
  const { batches, groups } = dealt;
  const title = `K = ${components}; stepwise: ${batches} minibatches an epoch, in ${groups} groups of shards, forgetting ${forgetting}, delay ${delay}`;
  return `${title}\n${shown(marks, epochs)}`;
}

function shown(em: readonly Mark[], epochs: readonly Mark[]): string {
  const end = em.at(-1)!;
  const compared = epochs.map((mark) => {
    const same = em.find(({ validation }) => validation >= mark.validation) ?? null;
    const than = same ?? end;
    const ofTest = mark.cpu / (em.find(({ test }) => test >= mark.test) ?? end).cpu;
    return { mark, same, seconds: mark.seconds / than.seconds, cpu: mark.cpu / than.cpu, ofTest };
  });
  const rows = compared.map(({ mark, same, ...ratio }) => [
    ...told(mark.step + 1, mark),
    same === null ? `more than ${end.step}` : String(same.step),
    ratio.seconds.toFixed(2),
    ratio.cpu.toFixed(2),
    ratio.ofTest.toFixed(2),
  ]);
  const heads = ['seconds', 'CPU seconds', 'of them updates', 'validation nats', 'test nats'];
  const near = compared.filter(({ mark }) => mark.validation >= end.validation - WITHIN);
  const best = near.reduce<(typeof near)[number] | null>((a, b) => (a !== null && a.cpu <= b.cpu ? a : b), null);
  const verdict =
    best === null
      ? `Stepwise EM did not come within ${WITHIN} nat of EM in ${epochs.length} epochs`
      : `After ${best.mark.step + 1} epochs stepwise EM is ${(end.test - best.mark.test).toFixed(2)} test nats behind where EM ends (due: ${WITHIN} at most), in ${best.seconds.toFixed(2)} of the time and ${best.cpu.toFixed(2)} of the CPU time that EM takes to the same validation nats (due: 0.2 at most)`;
  const some = em.filter(({ step }) => step < 10 || step % 10 === 0 || step === end.step);
  return [
    table([['EM, iterations', ...heads], ...some.map((mark) => told(mark.step, mark))]),
    '',
    table([
      [
        'stepwise, epochs',
        ...heads,
        'EM, iterations to the same',
        'of its time',
        'of its CPU time',
        'to the same test nats',
      ],
      ...rows,
    ]),
    '',
    `${verdict}.`,
  ].join('\n');
}

function told(step: number, { seconds, cpu, updates, validation, test }: Mark): string[] {
  return [String(step), seconds.toFixed(2), cpu.toFixed(2), updates.toFixed(2), validation.toFixed(2), test.toFixed(2)];
}
