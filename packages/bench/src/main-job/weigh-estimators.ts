import { faithful } from '@mixtention/mixture';
import { autoNormal, type EstimatorRow, estimatorReport, type Model, svi } from '@mixtention/svi';
import type { Job } from './job.ts';
import { WAITING } from './known.ts';
import type { EstimatorsResult, GradientFigures, NearFigures } from './results.ts';

const TEMPERATURES = [0.03, 0.1, 0.3, 1, 3];
const DRAWS = 4000;
/** Of the rows, one in this many: enough for the figures, in a fourth of the time. */
const EVERY = 4;
/** How far assignments have come from even odds, 0, to their posterior, 1. */
const PROGRESS = 0.5;

const { weights, means, deviations } = WAITING;

/** The times between eruptions as a mixture whose components are known: a row's mean and deviation are those that its assignment says. */
const assignments: Model<Float64Array> = (m, x) =>
  m.plate('rows', x.length, () => {
    const z = m.sample('z', m.oneHotCategorical(weights));
    const of = (values: readonly number[]) => m.sum(m.mul(z, values), -1);
    m.observe('x', m.normal(of(means), of(deviations)), x);
  });

/** The same times, where the means of the components are not known and assignments are summed over: two free numbers. */
const centers: Model<Float64Array> = (m, x) => {
  const mean = m.sample('mean', m.normal([70, 70], 20));
  m.plate('rows', x.length, () => m.observe('x', m.mixture(weights, m.normal(mean, deviations)), x));
};

/** How far the second guide is from the best one: its centre in deviations, and its log scale in as many times log 2. */
const DISTANCES = [1, 0.3, 0.1, 0.03];

/** Every estimator of the gradient of a bound that is known: of discrete latents half-way through training their assignments, of free numbers on the way to the best guide. */
export function weighEstimators({ reporter }: Job): Promise<EstimatorsResult> {
  const all = faithful();
  const x = Float64Array.from({ length: all.rows / EVERY }, (_, n) => all.data[2 * EVERY * n + 1]!);
  return reporter.stage(
    'gradients of a known bound',
    async () => ({ draws: DRAWS, rows: weighTreatments(x), near: weighNear(x) }),
    ({ rows, near }) => `${rows.length} treatments of assignments, ${near.length} gradients near the best guide`,
  );
}

function weighTreatments(x: Float64Array): EstimatorsResult['rows'] {
  const z = new Float64Array(x.length * weights.length);
  x.forEach((each, n) => {
    weights.forEach((weight, k) => {
      const away = (each - means[k]!) / deviations[k]!;
      z[n * weights.length + k] = PROGRESS * (Math.log(weight / deviations[k]!) - 0.5 * away * away);
    });
  });
  const parameters = { 'z.logits': z };
  const options = { guide: autoNormal(), parameters, temperatures: TEMPERATURES, draws: DRAWS };
  return estimatorReport(assignments, x, options).map((row) => ({
    treatment: row.hasBaselines === false ? 'bare-score' : row.discrete!,
    temperature: row.temperature,
    ...figuresOf(row),
  }));
}

function weighNear(x: Float64Array): NearFigures[] {
  const guide = autoNormal();
  const { around, parameters } = svi(centers, x, { guide, start: { mean: means }, accuracy: 0.02, rounds: 0 });
  const [loc, logScale] = [parameters['mean.loc']!, parameters['mean.logScale']!];
  return DISTANCES.flatMap((distance) => {
    const away = {
      'mean.loc': loc.map((each, k) => each + (k === 0 ? -distance : distance)),
      'mean.logScale': logScale.map((each) => each + distance * Math.LN2),
    };
    const options = { guide, around, parameters: away, draws: DRAWS, samples: [5, 50] };
    return estimatorReport(centers, x, options).map((row) => ({
      estimator: row.estimator,
      samples: row.samples,
      distance,
      ...figuresOf(row),
    }));
  });
}

/** What is told of any gradient; JSON has no infinity. */
const figuresOf = (row: EstimatorRow): GradientFigures => ({
  relativeBias: row.relativeBias,
  noiseFloor: row.noiseFloor,
  variance: row.variance,
  varianceStandardError: row.varianceStandardError,
  signalToNoise: Number.isFinite(row.signalToNoise) ? row.signalToNoise : null,
  microsecondsPerDraw: row.microsecondsPerDraw,
});
