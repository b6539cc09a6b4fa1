import { checkCount } from '@mixtention/mixture/fit';
import {
  autoNormal,
  estimatorReport,
  type GuideName,
  type Model,
  pathfinder,
  type SviOptions,
  type SviResult,
  svi,
} from '@mixtention/svi';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';
import { minibatchTable } from './minibatches.ts';
import { statesTable } from './states.ts';

const SCHOOLS = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

/** Eight schools, non-centred; the same as the example of svi. */
const schools: Model<typeof SCHOOLS> = (
  { sample, observe, plate, deterministic, normal, halfCauchy, add, mul },
  { J, y, sigma },
) => {
  const mu = sample('mu', normal(0, 5));
  const tau = sample('tau', halfCauchy(5));
  const theta = plate('schools', J, () => deterministic('theta', add(mu, mul(tau, sample('t', normal(0, 1))))));
  observe('y', normal(theta, sigma), y);
};

/** Steps that are timed, as the difference of a run of so many more. */
const TIMED = 10_000;
const STEPPED: readonly { readonly guide: GuideName; readonly options?: SviOptions }[] = [
  { guide: 'autoMultivariateNormal' },
  { guide: 'autoNormal' },
  { guide: 'autoLowRank' },
  { guide: 'autoStructured' },
  { guide: 'autoMixture', options: { draws: 4 } },
  { guide: 'autoCoupling', options: { draws: 4 } },
];
/** Draws of the gradient whose variance is told, and seeds: a few long gradients make most of it. */
const DRAWS = 20_000;
const SEEDS = [0, 1, 2];

/**
 * `npm run bench:guides`: what each guide and each estimator costs on eight schools, as the tables of svi's README have it. Microseconds are processor time of a draw (sampling, model, gradient, update), the
 * least of `ROUNDS` (default 5) rounds that take turns. Then what discrete latents cost, summed out and by their scores, and what a row takes in minibatches beside full passes (`PARTS=states` and `PARTS=minibatches` are these alone).
 */
await runCommand(async () => {
  const rounds = Number(process.env.ROUNDS ?? 5);
  checkCount('bench/guides', 'ROUNDS', rounds, 1);
  const parts = process.env.PARTS?.split(',') ?? ['guides', 'states', 'minibatches'];
  if (parts.includes('guides')) compareGuides(rounds);
  if (parts.includes('states')) console.log(statesTable());
  if (parts.includes('minibatches')) console.log(minibatchTable(rounds));
});

function compareGuides(rounds: number): void {
  const found = STEPPED.map(({ guide, options }) => svi(schools, SCHOOLS, { guide, ...options }));
  const { around } = found[0]!;
  const least = found.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++)
    for (const [i, { guide }] of STEPPED.entries()) least[i] = Math.min(least[i]!, microsecondsOf({ guide, around }));
  const { cpu, node, loadAverage } = machine();
  console.log(`${cpu}, Node ${node}, load ${loadAverage.toFixed(1)}`);
  const stepless = [
    svi(schools, SCHOOLS, { guide: 'autoLaplace' }),
    svi(schools, SCHOOLS, { guide: 'autoDelta' }),
    pathfinder(schools, SCHOOLS),
  ];
  console.log(
    table([
      ['guide', 'parameters', 'µs a draw', 'gradients in all', 'densities', 'status', 'bound', 'k̂'],
      ...found.map((result, i) => [
        result.method,
        String(Object.values(result.parameters).reduce((total, { length }) => total + length, 0)),
        least[i]!.toFixed(1),
        ...toldOf(result),
      ]),
      ...stepless.map((result) => [result.method, '', '', ...toldOf(result)]),
    ]),
  );
  const { around: start, parameters } = found[1]!;
  const reports = SEEDS.map((seed) =>
    estimatorReport(schools, SCHOOLS, {
      guide: autoNormal(),
      around: start,
      parameters,
      draws: DRAWS,
      samples: [2, 8],
      seed,
    }),
  );
  console.log(
    table([
      ['estimator (autoNormal, where its fit ended)', 'gradients a step', 'µs a draw', 'variance (least to most)'],
      ...reports[0]!.map(({ estimator, samples }, i) => {
        const own = reports.map((report) => report[i]!);
        const variances = own.map(({ variance }) => variance).sort((a, b) => a - b);
        const [low, middle, high] = variances.map((x) => x.toFixed(0));
        return [
          estimator,
          String(samples),
          Math.min(...own.map(({ microsecondsPerDraw }) => microsecondsPerDraw)).toFixed(1),
          `${middle} (${low} to ${high})`,
        ];
      }),
    ]),
  );
}

function toldOf({
  gradientEvaluations,
  densityEvaluations,
  status,
  bound,
  paretoK,
}: Pick<SviResult, 'gradientEvaluations' | 'densityEvaluations' | 'status' | 'bound' | 'paretoK'>): string[] {
  return [String(gradientEvaluations), String(densityEvaluations), status, bound.toFixed(2), paretoK.toFixed(2)];
}

/** Processor time of a step of one draw, in µs. */
function microsecondsOf(options: SviOptions): number {
  const run = (steps: number): number => {
    const spent = stopwatch();
    svi(schools, SCHOOLS, { ...options, steps, learningRate: 1e-3, accuracy: 1e-9, resultDraws: 10, rounds: 0 });
    return 1e6 * spent().cpuSeconds;
  };
  const short = run(100);
  return (run(TIMED + 100) - short) / TIMED;
}
