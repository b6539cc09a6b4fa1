import { faithful } from '@mixtention/mixture';
import { autoNormal, estimatorReport, type Model } from '@mixtention/svi';
import type { Job } from './job.ts';
import { WAITING } from './known.ts';
import type { EstimatorsResult } from './results.ts';

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

/** Every estimator of the gradient of a bound whose gradient is known, half-way through training its assignments. */
export function weighEstimators({ reporter }: Job): Promise<EstimatorsResult> {
  const all = faithful();
  const x = Float64Array.from({ length: all.rows / EVERY }, (_, n) => all.data[2 * EVERY * n + 1]!);
  return reporter.stage(
    'gradients of a known bound',
    async () => {
      const z = new Float64Array(x.length * weights.length);
      x.forEach((each, n) => {
        weights.forEach((weight, k) => {
          const away = (each - means[k]!) / deviations[k]!;
          z[n * weights.length + k] = PROGRESS * (Math.log(weight / deviations[k]!) - 0.5 * away * away);
        });
      });
      const parameters = { 'z.logits': z };
      const options = { guide: autoNormal(), parameters, temperatures: TEMPERATURES, draws: DRAWS };
      const rows = estimatorReport(assignments, x, options).map(({ discrete, signalToNoise, ...row }) => ({
        treatment: discrete!,
        temperature: row.temperature,
        relativeBias: row.relativeBias,
        noiseFloor: row.noiseFloor,
        variance: row.variance,
        // JSON has no infinity.
        signalToNoise: Number.isFinite(signalToNoise) ? signalToNoise : null,
        microsecondsPerDraw: row.microsecondsPerDraw,
      }));
      return { draws: DRAWS, rows };
    },
    ({ rows }) =>
      rows
        .map(
          ({ treatment, temperature, relativeBias }) => `${treatment} ${temperature ?? ''} ${relativeBias.toFixed(3)}`,
        )
        .join(', '),
  );
}
