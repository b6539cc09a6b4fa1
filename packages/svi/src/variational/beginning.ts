import { compile, type Value, value } from '../graph/index.ts';
import { type Around, aroundNormal } from '../guides/index.ts';
import { type Posterior, posterior } from '../model/index.ts';
import { pathfinderDefaults, pathsOf } from '../pathfinder/index.ts';
import type { FirstScores } from './assigned-guide.ts';
import { summedOut } from './mixture-model.ts';
import type { SiteValues } from './mixture-sites.ts';
import type { Posed } from './pose.ts';
import type { Settled } from './variational-options.ts';

/** Where steps begin: a normal in free coordinates, and the values of the sites in its middle. */
export type Beginning = { readonly around: Around; readonly values: SiteValues; readonly gradientEvaluations: number };

/** Most free numbers for which a normal is looked for. */
const MOST = 500;

/** The best normal that Pathfinder's paths find from the starts, with assignments summed out; of larger mixtures the first start, as wide as that many rows make it. */
export function beginningOf(posed: Posed, { svi: { seed = 0, execution, backend } }: Settled): Beginning {
  const target = posterior(summedOut(), posed, { execution, backend });
  const free = posed.starts.map(({ logWeights, params }) =>
    target.freeOf({ weights: floored(logWeights), ...posed.sites.from(params, posed.size) }),
  );
  if (target.dimension > MOST)
    return { ...narrow(free[0]!, posed), values: valuesAt(target, free[0]!), gradientEvaluations: 0 };
  const paths = pathsOf(target, { ...pathfinderDefaults, seed }, free);
  const [best] = paths.flatMap(({ best: found }) => (found === null ? [] : [found])).sort((a, b) => b.bound - a.bound);
  const gradientEvaluations = paths.reduce((total, path) => total + path.gradientEvaluations, 0);
  if (best === undefined)
    return { ...narrow(free[0]!, posed), values: valuesAt(target, free[0]!), gradientEvaluations };
  return { around: aroundNormal(best.mean, best.factor), values: valuesAt(target, best.mean), gradientEvaluations };
}

/** A component of weight 0 begins at a weight of a thousandth of its share. */
function floored(logWeights: Float64Array): Float64Array {
  const weights = logWeights.map((l) => Math.max(Math.exp(l), 1e-3 / logWeights.length));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

function narrow(mean: Float64Array, { totalWeight, size }: Posed): { readonly around: Around } {
  const deviations = new Float64Array(mean.length).fill(Math.min(1, Math.sqrt(size.components / totalWeight)));
  return { around: { mean, deviations, conditionalDeviations: deviations, factor: null } };
}

/** Values of all sites at free coordinates, by name. */
function valuesAt(target: Posterior, u: Float64Array): SiteValues {
  const all = target.values(u);
  let next = 0;
  return Object.fromEntries(
    target.reported.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      next += size;
      return [name, all.slice(next - size, next)];
    }),
  );
}

/** Scores of the rows under components at these values, log weights in their biases; and all of them, `[N, K]`. */
export function firstScores(
  { sites, size, rows }: Posed,
  values: SiteValues,
): FirstScores & { readonly logits: () => Float64Array } {
  const { statistics, bias, natural } = sites.scores(sites.at(values, size), value({ ...rows }), size);
  const run = (outputs: readonly Value[]): Float64Array => {
    const program = compile(outputs, []);
    program.run();
    return Float64Array.from(program.outputs);
  };
  const numbers = run([bias, natural]);
  const k = size.components;
  const own = { bias: numbers.slice(0, k).map((b, i) => b + Math.log(values.weights![i]!)), natural: numbers.slice(k) };
  return {
    ...own,
    statistics,
    logits: () => {
      const width = own.natural.length / k;
      const data = run([statistics]);
      return Float64Array.from({ length: rows.rows * k }, (_, at) => {
        const [n, c] = [Math.floor(at / k), at % k];
        let score = own.bias[c]!;
        for (let i = 0; i < width; i++) score += data[n * width + i]! * own.natural[c * width + i]!;
        return score;
      });
    },
  };
}
