import { join } from 'node:path';
import { type Backend, inFloat64, type Precision } from '@mixtention/core';
import { errorFrom } from '@mixtention/core/base';
import { loadBackend } from '@mixtention/core/threads';
import { writeFileAtomic, writeNpy } from '@mixtention/files';
import { cacheDirectory } from '@mixtention/native';
import { type Model, posterior, sviSteps } from '@mixtention/svi';
import { repository } from '../repository.ts';
import { median } from '../speed/median.ts';
import { plantedGaussians } from '../speed/planted.ts';
import { table } from '../speed/table.ts';
import { startPeer } from './peer-process.ts';
import { pythonEnvironment } from './python-environment.ts';

export const NUMPYRO = 'NumPyro';
const REQUIREMENTS = ['numpyro==0.22.0', 'jax==0.10.2'];
const COMPONENTS = 16;
const ROWS = { rows: 10_000, columns: 8 } as const;
/** Rows of the logistic regression, all of them or so many a step. */
const REGRESSION = { rows: 10_000, columns: 20, some: 1024 } as const;
/** Of the Bayesian neural network, with two hidden layers. */
const NETWORK = { rows: 500, columns: 8, hidden: 32 } as const;
/** Calls of a hundred steps each. */
const CALLS = { mixture: 1, 'eight-schools': 200, regression: 1, minibatches: 5, network: 1 } as const;

type Id = keyof typeof CALLS;
type Values = {
  readonly [latent: string]: { readonly data: Float64Array; readonly rows: number; readonly cols: number };
};
type Problem = { readonly id: Id; readonly name: string; readonly model: Model<null>; readonly at: Values };
type Side = {
  readonly name: string;
  readonly precision: Precision;
  /** The log joint density at the values of the problem. */
  readonly check: (problem: Problem) => Promise<number>;
  /** Seconds of a step. */
  readonly step: (problem: Problem) => Promise<number>;
};

/** Steps of `autoNormal`, Adam and one draw beside NumPyro's, jitted: ours in float64, theirs in both. */
export async function raceSviSteps(
  folder: string,
  { rounds, threads, signal }: { readonly rounds: number; readonly threads: number; readonly signal: AbortSignal },
): Promise<void> {
  const problems = problemsOf();
  for (const { id, at } of problems)
    for (const [site, values] of Object.entries(at))
      await writeFileAtomic(join(folder, `${id}-${site}.npy`), writeNpy(values));
  const closes: (() => void)[] = [];
  try {
    for (const [name, rows] of Object.entries({ 'svi-x': rowsOfMixture(), ...regressionData(), ...networkData() }))
      await writeFileAtomic(join(folder, `${name}.npy`), writeNpy(rows));
    const sides: Side[] = [...(await ourSides())];
    try {
      const python = await pythonEnvironment(join(cacheDirectory(), 'peers', NUMPYRO), REQUIREMENTS, console.log);
      const script = join(repository, 'packages/bench/src/peers/numpyro_steps.py');
      for (const precision of ['float32', 'float64'] as const) {
        const peer = await startPeer('numpyro_steps.py', [python, script, folder, precision], { threads });
        closes.push(peer.close);
        sides.push({
          name: peer.version,
          precision,
          check: ({ id }) => peer.ask('check', id, precision),
          step: ({ id }) => peer.ask('time', id, precision),
        });
      }
    } catch (error) {
      console.log(`not here: ${NUMPYRO}: ${errorFrom(error).message}\n`);
    }
    for (const problem of problems) console.log(`${problem.name}\n${await raced(problem, sides, rounds, signal)}\n`);
  } finally {
    for (const close of closes) close();
  }
}

const rowsOfMixture = () => {
  const { data, rows, cols } = plantedGaussians(ROWS.rows, ROWS.columns, COMPONENTS);
  return { data: Float64Array.from(data), rows, cols };
};

const waves = (rows: number, cols: number, scale: number, middle = 0): Values[string] => ({
  data: Float64Array.from({ length: rows * cols }, (_, i) => middle + scale * Math.sin(i)),
  rows,
  cols,
});

function regressionData() {
  const { rows, columns } = REGRESSION;
  const y = Float64Array.from({ length: rows }, (_, n) => Number(Math.sin(n * columns) + Math.sin(7 * n) > 0));
  return { 'regression-x': waves(rows, columns, 1), 'regression-y': { data: y, rows: 1, cols: rows } };
}

function networkData() {
  const { rows, columns } = NETWORK;
  return { 'network-x': waves(rows, columns, 1), 'network-y': waves(1, rows, 0.5) };
}

/** Logistic regression, by minibatches where it is told how many rows a step sees. */
function regressionModel(options: { readonly subsample?: number }): Model<null> {
  const { 'regression-x': x, 'regression-y': y } = regressionData();
  return ({ sample, observe, plate, normal, bernoulli, matmul }) => {
    const b = sample('b', normal(0, 1), { shape: [REGRESSION.columns] });
    plate('rows', x.rows, options, (rows) => observe('y', bernoulli({ logits: matmul(rows(x), b) }), rows(y.data)));
  };
}

function networkProblem(): Problem {
  const { 'network-x': x, 'network-y': y } = networkData();
  const { rows, columns, hidden } = NETWORK;
  const model: Model<null> = ({ sample, observe, plate, normal, halfNormal, matmul, add, tanh }) => {
    const layer = (n: number, from: number, h: ReturnType<typeof matmul> | typeof x) =>
      tanh(
        add(
          matmul(h, sample(`w${n}`, normal(0, 1), { shape: [from, hidden] })),
          sample(`b${n}`, normal(0, 1), { shape: [hidden] }),
        ),
      );
    const last = layer(2, hidden, layer(1, columns, x));
    const mean = matmul(last, sample('w3', normal(0, 1), { shape: [hidden] }));
    const sd = sample('sd', halfNormal(1));
    plate('rows', rows, () => observe('y', normal(mean, sd), y.data));
  };
  return {
    id: 'network',
    name: `steps of a Bayesian neural network of two layers of ${hidden}, N = ${rows}, D = ${columns}`,
    model,
    at: {
      w1: waves(columns, hidden, 0.5),
      b1: waves(1, hidden, 0.3),
      w2: waves(hidden, hidden, 0.2),
      b2: waves(1, hidden, 0.1),
      w3: waves(1, hidden, 0.4),
      sd: waves(1, 1, 1, 0.7),
    },
  };
}

function problemsOf(): readonly Problem[] {
  const x = rowsOfMixture();
  const d = ROWS.columns;
  const mixture: Model<null> = ({
    sample,
    observe,
    plate,
    dirichlet,
    normal,
    logNormal,
    mixture,
    multivariateNormal,
  }) => {
    const weights = sample('weights', dirichlet(new Float64Array(COMPONENTS).fill(1)));
    const means = sample('means', normal(0, 5), { shape: [COMPONENTS, d] });
    const deviations = sample('deviations', logNormal(0, 1), { shape: [COMPONENTS, d] });
    plate('rows', x.rows, () => observe('x', mixture(weights, multivariateNormal(means, { deviations })), x));
  };
  const schools: Model<null> = ({ sample, observe, plate, normal, halfCauchy, add, mul }) => {
    const mu = sample('mu', normal(0, 5));
    const tau = sample('tau', halfCauchy(5));
    plate('schools', 8, () => {
      const t = sample('t', normal(0, 1));
      observe('y', normal(add(mu, mul(tau, t)), [15, 10, 16, 11, 9, 11, 10, 18]), [28, 8, -3, 7, -1, 1, 18, 12]);
    });
  };
  const shares = waves(1, COMPONENTS, 0.03, 1 / COMPONENTS);
  const total = shares.data.reduce((a, b) => a + b);
  return [
    {
      id: 'mixture',
      name: `steps of a diagonal mixture, N = ${x.rows.toLocaleString('en')}, D = ${d}, K = ${COMPONENTS}, all rows in each`,
      model: mixture,
      at: {
        weights: { ...shares, data: shares.data.map((w) => w / total) },
        means: waves(COMPONENTS, d, 2),
        deviations: waves(COMPONENTS, d, 0.4, 1),
      },
    },
    {
      id: 'eight-schools',
      name: 'steps of eight schools, non-centred',
      model: schools,
      at: { mu: waves(1, 1, 1, 3), tau: waves(1, 1, 1, 2), t: waves(1, 8, 1) },
    },
    {
      id: 'regression',
      name: `steps of a logistic regression, N = ${REGRESSION.rows.toLocaleString('en')}, D = ${REGRESSION.columns}, all rows in each`,
      model: regressionModel({}),
      at: { b: waves(1, REGRESSION.columns, 0.3) },
    },
    {
      id: 'minibatches',
      name: `the same by minibatches of ${REGRESSION.some.toLocaleString('en')}`,
      model: regressionModel({ subsample: REGRESSION.some }),
      at: { b: waves(1, REGRESSION.columns, 0.3) },
    },
    networkProblem(),
  ];
}

/** On every backend with a float64 kernel of its own. */
async function ourSides(): Promise<Side[]> {
  const sides: Side[] = [];
  for (const name of ['native', 'wasm'] as const) {
    try {
      const backend = inFloat64(await loadBackend(name));
      sides.push(sideOn(backend));
    } catch (error) {
      console.log(`not here: mixtention, ${name}: ${errorFrom(error).message}\n`);
    }
  }
  return sides;
}

function sideOn(backend: Backend): Side {
  const runs = new Map<Problem, ReturnType<typeof sviSteps>>();
  return {
    name: `mixtention, ${backend.name}`,
    precision: backend.precision,
    check: async ({ model, at }) => {
      const { logDensity, freeOf } = posterior(model, null, { backend, jacobians: false });
      return logDensity(freeOf(Object.fromEntries(Object.entries(at).map(([name, { data }]) => [name, data]))));
    },
    step: async (problem) => {
      let run = runs.get(problem);
      if (run === undefined) {
        const options = { guide: 'autoNormal', learningRate: 0.001, accuracy: 1e-12, steps: 2 ** 40, backend } as const;
        runs.set(problem, (run = sviSteps(problem.model, null, options)));
        run.next();
      }
      const calls = CALLS[problem.id];
      const begun = performance.now();
      for (let i = 0; i < calls; i++) run.next();
      return (performance.now() - begun) / 1000 / (100 * calls);
    },
  };
}

/** How far log densities may lie apart, relative. */
const WITHIN: { readonly [precision in Precision]: number } = { float32: 1e-5, float64: 1e-10 };

async function raced(problem: Problem, sides: readonly Side[], rounds: number, signal: AbortSignal): Promise<string> {
  const due = await sides[0]!.check(problem);
  const checked = await Promise.all(
    sides.map(async (side) => ({ side, value: await side.check(problem), seconds: [] as number[] })),
  );
  const agree = checked.filter(({ side, value }) => Math.abs(value / due - 1) <= WITHIN[side.precision]);
  for (const { side, value } of checked.filter((one) => !agree.includes(one))) {
    console.log(`LEFT OUT: ${side.name} in ${side.precision}, whose log density is ${value}, ours ${due}`);
    process.exitCode = 1;
  }
  // One round more than counted: in the first, code is compiled.
  for (let round = 0; round <= rounds; round++)
    for (const { side, seconds } of agree) {
      signal.throwIfAborted();
      const value = await side.step(problem);
      if (round > 0) seconds.push(value);
    }
  const ours = agree.filter(({ side }) => side.name.startsWith('mixtention'));
  const [best] = ours.sort((a, b) => median(a.seconds) - median(b.seconds));
  return table([
    ['side', 'precision', 'µs a step', 'steps a second', 'beside ours (float64)'],
    ...agree.map(({ side, seconds }) => {
      const against = best === undefined ? Number.NaN : median(seconds.map((s, i) => s / best.seconds[i]!));
      return [
        side.name,
        side.precision,
        (1e6 * median(seconds)).toPrecision(3),
        (1 / median(seconds)).toPrecision(3),
        side === best?.side
          ? ''
          : `ours is ${(against >= 1 ? against : 1 / against).toFixed(2)} × ${against >= 1 ? 'faster' : 'slower'}`,
      ];
    }),
  ]);
}
