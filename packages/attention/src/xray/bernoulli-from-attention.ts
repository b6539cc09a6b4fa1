import { type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, counted, fail } from '@mixtention/core/base';
import { logSumExp } from '@mixtention/core/numeric';
import { bernoulli, MixtureModel } from '@mixtention/mixture';
import { softplus } from '../softplus.ts';

/**
 * How the components of a Bernoulli mixture lie in keys of a head, D pixels:
 *
 *     half       logit θ                          bias log π + Σ log(1 − θ)    queries x
 *     full       [log θ ; log(1 − θ)]             bias log π                   queries [seen∘x ; seen∘(1 − x)]
 *     augmented  [logit θ ; Σ-less log(1 − θ) ; log π], as [η ; −A(η) ; log π], no bias; queries [seen∘x ; seen ; 1]
 */
export type BernoulliForm = 'half' | 'full' | 'augmented';

export type BernoulliHead = {
  /** Weights and probabilities; `predict`, `sample` and files as of any mixture. */
  readonly model: MixtureModel;
  /**
   * What each pixel of a query adds to the score of a component, `[D]`: `m_j [x_j log θ_kj + (1 − x_j) log(1 − θ_kj)]`. With log π_k they sum to the
   * score.
   */
  contributions(query: ArrayLike<number>, component: number): Float64Array;
};

/** How far `θ + (1 − θ)` of a full form may be from 1. */
const LOOSE = 1e-6;

/**
 * A head told that it is a Bernoulli mixture: its weights and probabilities, exactly.
 *
 * @param keys  `[K, D]`, `[K, 2D]` or `[K, 2D + 1]` as the form says
 * @param bias  `[K]` or null
 * @param options  `form`, and `scale` as given to `attend`, default 1
 * @throws BAD_SHAPE; BAD_DATA for keys that are none of the form, naming the key
 *
 * Cost: K·D.
 *
 * @example
 * const keys = [[Math.log(9), 0], [0, Math.log(4)]];
 * const { model } = bernoulliFromAttention(keys, [Math.log(0.5 * 0.1 * 0.5), Math.log(0.5 * 0.5 * 0.2)], { form: 'half' });
 * model.means.data; // [0.9, 0.5, 0.5, 0.8]
 * model.weights; // [0.5, 0.5]
 */
export function bernoulliFromAttention(
  keys: MatrixLike,
  bias: ArrayLike<number> | null,
  options: { readonly form: BernoulliForm; readonly scale?: number | undefined },
): BernoulliHead {
  const where = 'attention/bernoulliFromAttention';
  checkOptions(where, options, ['form', 'scale']);
  const { form, scale = 1 } = options;
  const raw = matrix(keys, where);
  if (bias !== null && bias.length !== raw.rows)
    fail(
      where,
      'BAD_SHAPE',
      `the bias holds ${counted(bias.length, 'number')}, one for each of ${counted(raw.rows, 'key')} was due`,
    );
  const natural: Matrix = { ...raw, data: Float64Array.from(raw.data, (value) => scale * value) };
  const { logs, logWeights } = readForm(natural, bias, form, where);
  const D = logs.width;
  const probabilities = logs.on.map(Math.exp);
  const total = logSumExp(logWeights);
  const params = { width: D, probabilities };
  const model = new MixtureModel({ family: bernoulli, params, logWeights: logWeights.map((l) => l - total) });
  return {
    model,
    contributions(query, component) {
      if (query.length !== natural.cols)
        fail(
          where,
          'BAD_SHAPE',
          `the query holds ${counted(query.length, 'number')}, the keys have ${counted(natural.cols, 'column')}`,
        );
      if (!(Number.isInteger(component) && component >= 0 && component < natural.rows))
        fail(where, 'BAD_OPTION', `component ${component} is not there`);
      const key = natural.data.subarray(component * natural.cols, (component + 1) * natural.cols);
      return Float64Array.from({ length: D }, (_, j) => {
        if (form === 'half') return query[j]! * key[j]! + logs.off[component * D + j]!;
        return query[j]! * key[j]! + query[D + j]! * key[D + j]!;
      });
    },
  };
}

type Logs = {
  readonly width: number /** log θ `[K, D]` */;
  readonly on: Float64Array /** log(1 − θ) */;
  readonly off: Float64Array;
};

function readForm(
  { data, rows: K, cols }: Matrix,
  bias: ArrayLike<number> | null,
  form: BernoulliForm,
  where: string,
): { readonly logs: Logs; readonly logWeights: Float64Array } {
  const width = form === 'half' ? cols : form === 'full' ? cols / 2 : (cols - 1) / 2;
  if (!Number.isInteger(width) || width < 1)
    fail(where, 'BAD_SHAPE', `the keys have ${counted(cols, 'column')}, which the form ${form} cannot have`);
  const at = (k: number, j: number): number => data[k * cols + j]!;
  const fill = (of: (k: number, j: number) => number): Float64Array =>
    Float64Array.from({ length: K * width }, (_, i) => of(Math.floor(i / width), i % width));
  const off = form === 'half' ? fill((k, j) => -softplus(at(k, j))) : fill((k, j) => at(k, width + j));
  const on = form === 'full' ? fill(at) : fill((k, j) => -softplus(-at(k, j)));
  on.forEach((log, i) => {
    const sum = Math.exp(log) + Math.exp(off[i]!);
    if (Math.abs(sum - 1) > LOOSE)
      fail(
        where,
        'BAD_DATA',
        `key ${Math.floor(i / width)} (counted from 0) gives pixel ${i % width} the chances ${Math.exp(log)} and ${Math.exp(off[i]!)}, which sum to ${sum}: no Bernoulli mixture of the form ${form}`,
      );
  });
  const logWeights = Float64Array.from({ length: K }, (_, k) => {
    const own = bias === null ? 0 : bias[k]!;
    if (form === 'augmented') return own + at(k, 2 * width);
    return form === 'full' ? own : own - off.subarray(k * width, (k + 1) * width).reduce((a, b) => a + b, 0);
  });
  return { logs: { width, on, off }, logWeights };
}
