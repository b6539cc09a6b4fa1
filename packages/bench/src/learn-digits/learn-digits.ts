import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Matrix } from '@mixtention/core';
import { loadBackend, openExecutor } from '@mixtention/core/threads';
import { type FitOptions, fit, fitBayes } from '@mixtention/em';
import { writeFileAtomic } from '@mixtention/files';
import { dirichletProcess, type MixtureModel } from '@mixtention/mixture';
import { readSplit } from '../digits/read-split.ts';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { table } from '../speed/table.ts';
import { effectiveNumber } from './effective-number.ts';
import { overRows } from './over-rows.ts';
import { raceStepwise } from './race-stepwise.ts';

const {
  PARTS = 'stepwise,learnt,rows',
  ROWS = '500,2000,8000',
  TRUNCATION = '800',
  GRID = '50,100,200,400',
  ITERATIONS = '40',
  FRESH,
  MINIBATCH,
  FORGETTING,
  DELAY,
} = process.env;
/** Truncation of what is learnt of fewer rows */
const MOST = 400;
const folder = join(repository, 'packages/bench/results');
const file = join(folder, 'learn-digits.json');

/**
 * Beta prior of each cell: of (1.1, 1.1), (0.1, 0.3), (0.05, 0.3) and (0.1, 0.5) the one with the highest bound on training rows, 400 components, 15 iterations: −146.6, −134.5, −134.7 and
 * −134.0 nats a row. The family's weak prior says a tenth of a yes more than nothing of each cell, which is much where most cells are blank.
 */
const CELLS = { a: 0.1, b: 0.5 };

/** One fit; scores are rows × components that were scored, starts included. */
type Entry = {
  readonly name: string;
  readonly components: number;
  readonly occupied: number;
  readonly effective: number;
  readonly scores: number;
  readonly starts: number;
  readonly validation: number;
  readonly test: number;
  readonly seconds: number;
};

/**
 * `npm run bench:learn-digits`: on static binarised MNIST, a number of components that a Dirichlet process learns beside a grid of fixed ones, each with as many rows × components scored;
 * what it learns of fewer rows, and stepwise EM beside EM. Every fit that has ended is kept in `results/learn-digits.json`, and is not made again (`FRESH=1` makes all). Nothing is chosen on test rows.
 */
await runCommand(async (signal) => {
  const [train, validation, test] = await Promise.all((['train', 'valid', 'test'] as const).map(readSplit));
  const rows = { train: train!, validation: validation!, test: test! };
  const { cpu, cores, loadAverage } = machine();
  console.log(`${cpu}, ${cores} cores, load average ${loadAverage.toFixed(2)}\n`);
  const problem = {
    rows: rows.train.rows,
    components: PARTS === 'stepwise' ? 100 : Number(TRUNCATION),
    width: rows.train.cols,
  };
  const executor = await openExecutor({ problem });
  const backend = await loadBackend(executor.backend);
  const common = { family: 'bernoulli', start: 'random', screen: 0, executor, signal } as const;
  const scored = (model: MixtureModel, x: Matrix): number => model.score(x, { backend });
  try {
    if (PARTS.includes('rows')) {
      const prior = { family: CELLS, weights: dirichletProcess(1) };
      const learning = { ...common, components: MOST, prior, maxIterations: Number(ITERATIONS) };
      console.log(
        `${await overRows(rows.train, ROWS.split(',').map(Number), learning, (m) => scored(m, rows.test))}\n`,
      );
    }
    if (PARTS.includes('stepwise'))
      console.log(`${await raceStepwise(rows, { components: 100, executor, signal, ...rates() })}\n`);
    if (!PARTS.includes('learnt')) return;
    const known = await readKnown();
    const entry = async (name: string, make: () => Promise<Omit<Entry, 'name'>>): Promise<Entry> => {
      const found = known.find((one) => one.name === name);
      if (found !== undefined) return found;
      const made = { name, ...(await make()) };
      known.push(made);
      await mkdir(folder, { recursive: true });
      await writeFileAtomic(file, `${JSON.stringify({ machine: machine(), entries: known }, null, 1)}\n`);
      return made;
    };
    const measured = (
      model: MixtureModel,
      counts: Float64Array,
    ): Pick<Entry, 'occupied' | 'effective' | 'validation' | 'test'> => ({
      occupied: counts.filter((n) => n > 0.5).length,
      effective: effectiveNumber(counts),
      validation: scored(model, rows.validation),
      test: scored(model, rows.test),
    });
    const learnt = await entry(
      `Dirichlet process, truncation ${TRUNCATION}, Beta(${CELLS.a}, ${CELLS.b}), ${ITERATIONS} iterations`,
      async () => {
        const components = Number(TRUNCATION);
        const prior = { family: CELLS, weights: dirichletProcess(1) };
        const found = await fitBayes(rows.train, { ...common, components, prior, maxIterations: Number(ITERATIONS) });
        const scores = (found.iterations + 1) * rows.train.rows * components;
        return { components, ...measured(found.model, found.info.counts), scores, starts: 1, seconds: found.seconds };
      },
    );
    const grid: Entry[] = [];
    for (const components of GRID.split(',').map(Number))
      grid.push(
        await entry(`K = ${components}, for ${learnt.scores} scores`, async () => {
          const { model, counts, ...best } = await fitFor(learnt.scores, rows.train, { ...common, components });
          return { components, ...measured(model, counts), ...best };
        }),
      );
    console.log(shown(learnt, grid));
  } finally {
    await executor.close();
  }
});

/** What stepwise EM is to do otherwise than by default. */
function rates(): { readonly [name in 'minibatch' | 'forgetting' | 'delay']: number | undefined } {
  const given = (value: string | undefined): number | undefined => (value === undefined ? undefined : Number(value));
  return { minibatch: given(MINIBATCH), forgetting: given(FORGETTING), delay: given(DELAY) };
}

type Fitted = Pick<Entry, 'scores' | 'starts' | 'seconds'> & {
  readonly model: MixtureModel;
  readonly counts: Float64Array;
};

/** EM of fixed K, start after start until so many rows × components are scored; the best on training rows. */
async function fitFor(scores: number, x: Matrix, options: FitOptions & { components: number }): Promise<Fitted> {
  const begun = performance.now();
  let left = Math.floor(scores / (x.rows * options.components));
  let best: { objective: number; model: MixtureModel } | undefined;
  let starts = 0;
  let passes = 0;
  while (left >= 2) {
    const found = await fit(x, { ...options, seed: starts, maxIterations: left - 1 });
    left -= found.iterations + 1;
    passes += found.iterations + 1;
    starts++;
    if (best === undefined || found.objective > best.objective) best = found;
  }
  const { model } = best!;
  const counts = model.weights.map((w) => w * x.rows);
  const seconds = (performance.now() - begun) / 1000;
  return { model, counts, scores: passes * x.rows * options.components, starts, seconds };
}

async function readKnown(): Promise<Entry[]> {
  if (FRESH === '1') return [];
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as { entries: Entry[] }).entries;
}

function shown(learnt: Entry, grid: readonly Entry[]): string {
  const rows = [learnt, ...grid].map((one) => [
    one.name,
    String(one.occupied),
    one.effective.toFixed(1),
    (one.scores / 1e9).toFixed(2),
    String(one.starts),
    one.validation.toFixed(2),
    one.test.toFixed(2),
    one.seconds.toFixed(0),
  ]);
  const heads = [
    'fit',
    'occupied (N_k > ½)',
    'effective exp H(π)',
    '10⁹ scores',
    'starts',
    'validation nats',
    'test nats',
    'seconds',
  ];
  const best = grid.reduce((most, one) => (one.validation > most.validation ? one : most));
  const gap = learnt.test - Math.max(...grid.map((one) => one.test));
  const note =
    learnt.occupied === learnt.components
      ? 'Every component of the truncation is occupied: no number was learnt.\n'
      : '';
  return `${table([heads, ...rows])}\n\n${note}The grid's best by validation is ${best.name}. The learnt fit is ${gap.toFixed(2)} nats a test row from the highest of the grid (due: −0.5 at least).`;
}
