import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookUp } from '@mixtention/core/base';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { fit, fitBayes } from '@mixtention/em';
import { writeFileAtomic } from '@mixtention/files';
import { faithful } from '@mixtention/mixture';
import { checkCount } from '@mixtention/mixture/fit';
import { fitByGradient, fitVariational, type VariationalOptions } from '@mixtention/svi';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { type Machine, machine } from '../speed/machine.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';

/** Relaxed draws hover about their optimum for ever, and scores are slow: by then they have come to it. */
const STEPS = 5000;
/** Seeds of the routes that are held to free form, and of the dearer ones. */
const MANY = 30;
const FEW = 5;

type Route = { readonly name: string; readonly seeds: number; readonly options: Partial<VariationalOptions> };

/** The same mixture by fixed-form inference: guides, and treatments of assignments. */
const ROUTES: readonly Route[] = [
  { name: 'summed out, conjugate', seeds: MANY, options: {} },
  { name: 'summed out, autoNormal', seeds: MANY, options: { guide: 'autoNormal' } },
  { name: 'summed out, autoMultivariateNormal', seeds: MANY, options: { guide: 'autoMultivariateNormal' } },
  { name: 'exact, conjugate', seeds: MANY, options: { assignments: 'exact' } },
  { name: 'exact, conjugate, local', seeds: FEW, options: { assignments: 'exact', assigner: 'local' } },
  { name: 'exact, autoNormal', seeds: MANY, options: { assignments: 'exact', guide: 'autoNormal' } },
  {
    name: 'exact, autoMultivariateNormal',
    seeds: MANY,
    options: { assignments: 'exact', guide: 'autoMultivariateNormal' },
  },
  { name: 'relaxed, conjugate', seeds: FEW, options: { assignments: 'relaxed', steps: STEPS } },
  {
    name: 'relaxed, conjugate, local',
    seeds: FEW,
    options: { assignments: 'relaxed', assigner: 'local', steps: STEPS },
  },
  { name: 'straight-through, conjugate', seeds: FEW, options: { assignments: 'straight-through', steps: STEPS } },
  { name: 'score, conjugate', seeds: FEW, options: { assignments: 'score', steps: STEPS } },
  { name: 'score, conjugate, local', seeds: FEW, options: { assignments: 'score', assigner: 'local', steps: STEPS } },
];

type Run = {
  readonly seed: number;
  readonly bound: number;
  readonly standardError: number;
  readonly relaxedObjective: number | null;
  readonly steps: number;
  readonly gradientEvaluations: number;
  readonly cpuSeconds: number;
};

type RouteResult = { readonly name: string; readonly runs: readonly Run[] };

/** What `npm run bench:routes` keeps in `results/routes.json`. */
type RoutesResults = {
  readonly machine: Machine;
  readonly freeForm: number;
  readonly freeFormSeconds: number;
  readonly routes: readonly RouteResult[];
};

/** Columns divided by their sample deviations. */
const { center, scale } = columnTransform(faithful(), null);
const rows = applyTransform(faithful(), { center, scale: scale.map((s) => s * Math.sqrt(272 / 271)) });
const prior = {
  concentration: 1,
  family: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) },
};

/** `npm run bench:routes`: a Bayesian mixture of Old Faithful by every route, beside free-form variational Bayes and points. */
await runCommand(async (signal) => {
  const { SEEDS, ONLY } = process.env;
  const most = SEEDS === undefined ? MANY : Number(SEEDS);
  checkCount('bench/routes', 'SEEDS', most, 1);
  const byName = Object.fromEntries(ROUTES.map((route) => [route.name, route]));
  const asked = ONLY?.split(';').map((name) => lookUp('bench/routes', 'route', name.trim(), byName)) ?? ROUTES;
  const free = await timed(() => fitBayes(rows, { components: 2, prior, tolerance: 1e-8 }));
  const points = {
    EM: await fit(rows, { components: 2, screen: 0 }),
    'EM, MAP': await fit(rows, { components: 2, screen: 0, prior }),
    Adam: await fitByGradient(rows, { components: 2, screen: 0 }),
  };
  const routes: RouteResult[] = [];
  for (const { name, seeds, options } of asked) {
    const runs: Run[] = [];
    for (let seed = 0; seed < Math.min(seeds, most); seed++) {
      const { result, seconds } = await timed(() =>
        fitVariational(rows, { components: 2, prior, seed, ...options, signal }),
      );
      const { bound, boundStandardError: standardError, relaxedObjective, steps, gradientEvaluations } = result;
      runs.push({ seed, bound, standardError, relaxedObjective, steps, gradientEvaluations, cpuSeconds: seconds });
    }
    routes.push({ name, runs });
    console.log(tableOf(routes.slice(-1), free.result.bound));
    if (SEEDS === undefined) await keep({ freeForm: free.result.bound, freeFormSeconds: free.seconds, routes });
  }
  console.log(`${tableOf(routes, free.result.bound)}\n`);
  console.log(
    `free form ${free.result.bound.toFixed(4)} (${free.result.iterations} passes, ${free.seconds.toFixed(2)} s)`,
  );
  for (const [name, { logLikelihood, iterations }] of Object.entries(points))
    console.log(`${name}: log-likelihood ${logLikelihood.toFixed(3)} (${iterations} passes), no bound`);
});

/** Writes routes as they end, beside those that are kept already and were not asked for: a run of hours may be cut short. */
async function keep({ routes, ...free }: Omit<RoutesResults, 'machine'>): Promise<void> {
  const folder = join(repository, 'packages/bench/results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'routes.json');
  const before = await readFile(file, 'utf8').catch(() => '{"routes":[]}');
  const others = (JSON.parse(before) as Pick<RoutesResults, 'routes'>).routes.filter(
    ({ name }) => !routes.some((own) => own.name === name),
  );
  const kept: RoutesResults = { machine: machine(), ...free, routes: [...others, ...routes] };
  await writeFileAtomic(file, `${JSON.stringify(kept, null, 1)}\n`);
}

/** With the seconds of processor time that it took. */
async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly seconds: number }> {
  const spent = stopwatch();
  const result = await work();
  return { result, seconds: spent().cpuSeconds };
}

function tableOf(routes: readonly RouteResult[], freeForm: number): string {
  const lines = routes.map(({ name, runs }) => {
    const of = (value: (run: Run) => number): number[] => runs.map(value).sort((a, b) => a - b);
    const bounds = of(({ bound }) => bound);
    const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)]!;
    const errors = of(({ standardError }) => standardError);
    const excess = of(({ bound, standardError }) => (bound - freeForm) / standardError);
    const relaxed = runs.flatMap(({ relaxedObjective: own }) => (own === null ? [] : [own])).sort((a, b) => a - b);
    return [
      name,
      String(runs.length),
      `${middle(bounds).toFixed(3)} (${bounds[0]!.toFixed(3)} to ${bounds.at(-1)!.toFixed(3)})`,
      middle(errors).toFixed(3),
      excess.at(-1)!.toFixed(1),
      relaxed.length === 0 ? '' : middle(relaxed).toFixed(2),
      String(middle(of(({ steps }) => steps))),
      String(middle(of(({ gradientEvaluations }) => gradientEvaluations))),
      middle(of(({ cpuSeconds }) => cpuSeconds)).toFixed(1),
    ];
  });
  return table([
    [
      'route',
      'seeds',
      'bound, median (least to most)',
      'standard error',
      'most above free form, in these',
      'relaxed objective (no bound)',
      'steps',
      'gradients',
      'CPU s',
    ],
    ...lines,
  ]);
}
