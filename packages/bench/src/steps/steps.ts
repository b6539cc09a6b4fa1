import { type Fit, fit } from '@mixtention/em';
import { faithful } from '@mixtention/mixture';
import { fitByGradient } from '@mixtention/svi';
import { TWO_COMPONENTS } from '../main-job/known.ts';
import { runCommand } from '../run-command.ts';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';
import { passCost } from './pass-cost.ts';

const STARTS = 10;
/** Nats. */
const WITHIN = 0.001;

type Run = Pick<Fit, 'status' | 'iterations' | 'trace'>;
type Method = { readonly name: string; run(seed: number, signal: AbortSignal): Promise<Run> };

const x = faithful();
const common = { components: 2, start: 'k-means++', screen: 0 } as const;

const METHODS: readonly Method[] = [
  { name: 'EM', run: (seed, signal) => fit(x, { ...common, seed, signal }) },
  ...[0.3, 0.1, 0.03].map((rate) => byGradient('adam', rate)),
  ...[0.2, 0.1].map((rate) => byGradient('sgd', rate)),
];

/** `npm run bench:steps`: what gradients cost beside EM on Old Faithful, in steps, each of which is one pass over the data. */
await runCommand(async (signal) => {
  console.log(
    `Old Faithful, two full covariances, ${STARTS} k-means++ starts: steps until the log-likelihood is within ${WITHIN} nats of ${TWO_COMPONENTS.toFixed(4)}; least to most, and the median of the ratios to EM start by start\n`,
  );
  const rows: string[][] = [];
  let em: Counts | undefined;
  for (const { name, run } of METHODS) {
    const runs: Run[] = [];
    for (let seed = 0; seed < STARTS; seed++) runs.push(await run(seed, signal));
    const counts = { arriving: runs.map(arrival), all: runs.map(({ iterations }) => iterations) };
    em ??= counts;
    rows.push([
      name,
      span(counts.arriving),
      times(counts.arriving, em.arriving),
      span(counts.all),
      times(counts.all, em.all),
      `${runs.filter(({ status }) => status === 'converged').length} of ${STARTS}`,
    ]);
  }
  console.log(table([['method', 'steps', 'of EM’s', 'steps in all', 'of EM’s', 'converged'], ...rows]));
  console.log(
    '\nSteps in all include those that a stopping rule waits for: gradients are looked at over windows of 50 steps.',
  );
  console.log(`\n${await passCost(signal)}`);
});

type Counts = { readonly arriving: readonly number[]; readonly all: readonly number[] };

function byGradient(optimizer: 'adam' | 'sgd', learningRate: number): Method {
  return {
    name: `${optimizer === 'adam' ? 'Adam' : 'gradient descent'}, learning rate ${learningRate}`,
    run: (seed, signal) => fitByGradient(x, { ...common, optimizer, learningRate, seed, signal }),
  };
}

/** Infinity for a run that never arrives. */
function arrival({ trace }: Run): number {
  const point = trace.find(({ logLikelihood }) => logLikelihood >= TWO_COMPONENTS - WITHIN);
  return point?.iteration ?? Number.POSITIVE_INFINITY;
}

function span(values: readonly number[]): string {
  return `${Math.min(...values)}–${Math.max(...values)}`;
}

function times(counts: readonly number[], em: readonly number[]): string {
  return `${median(counts.map((steps, start) => steps / em[start]!)).toFixed(0)} ×`;
}
