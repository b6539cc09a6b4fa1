import { type Model, type SviOptions, svi } from '@mixtention/svi';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';

const STATES = 30;
const y = Array.from({ length: STATES }, (_, t) => (t % 20 < 10 ? 0 : 2) + 0.7 * Math.sin(5 * t));

/** A chain of thirty states of two kinds, seen with noise. */
const chain: Model<null> = ({ sample, observe, beta, normal, ordered, categorical, take, stack, sub }) => {
  const stay = sample('stay', beta(8, 2));
  const locations = sample('locations', ordered(normal([0, 0], 3)));
  const leave = sub(1, stay);
  const rows = stack([stack([stay, leave]), stack([leave, stay])]);
  let z = sample('z0', categorical([0.5, 0.5]));
  y.forEach((x, t) => {
    if (t > 0) z = sample(`z${t}`, categorical(take(rows, z)));
    observe(`y${t}`, normal(take(locations, z), 1), x);
  });
};

const treated: readonly SviOptions[] = [{}, { discrete: 'score', draws: 8, steps: 6000, resultDraws: 1000 }];

/** What discrete latents cost that are summed out, and moved by their scores. */
export function statesTable(): string {
  return table([
    [`a chain of ${STATES} states`, 'gradients in all', 'status', 'bound', 'log evidence', 'k̂', 'CPU s'],
    ...treated.map((options) => {
      const spent = stopwatch();
      const { discrete, gradientEvaluations, status, bound, logEvidence, paretoK } = svi(chain, null, options);
      const { cpuSeconds } = spent();
      const numbers = [bound, logEvidence, paretoK, cpuSeconds].map((x) => x.toFixed(2)) as [
        string,
        string,
        string,
        string,
      ];
      const [told, evidence, k, seconds] = numbers;
      return [String(discrete), String(gradientEvaluations), status, told, evidence, k, seconds];
    }),
  ]);
}
