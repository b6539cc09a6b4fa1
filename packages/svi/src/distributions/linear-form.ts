import {
  broadcastTo,
  concat,
  constant,
  diagonal,
  exp,
  log,
  matmul,
  mul,
  neg,
  reshape,
  sizeOf,
  square,
  stack,
  sub,
  sum,
  take,
  triangularSolve,
  type Value,
} from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import { HALF_LOG_2PI } from './on-the-line.ts';

/** Log densities of rows under K distributions, as `bias_k + T_n·natural_k`. */
export type LinearForm = {
  /** T `[N, P]`, numbers that are known. */
  readonly statistics: Value;
  /** `[K]` */
  readonly bias: Value;
  /** `[K, P]` */
  readonly natural: Value;
};

/** Rows that are known `[N, D]`. */
type Known = { readonly data: Float64Array; readonly rows: number; readonly cols: number };

/**
 * The linear form of a batch `[K]` of distributions for rows that are known: of normals, in one dimension or several. Statistics stand about the columns' means, so that no digits
 * are lost where rows lie far from 0. Null where there is none.
 */
export function linearForm(distribution: Distribution, x: Value): LinearForm | null {
  const { name, batch, event, parameters } = distribution;
  const form = forms[name];
  if (x.op !== 'constant' || form === undefined || batch.length !== 1) return null;
  const d = sizeOf(event);
  const n = x.shape[0]!;
  if (x.shape.length !== 1 + event.length || x.data!.length !== n * d) return null;
  const center = meansOf({ data: x.data!, rows: n, cols: d });
  const centered = { data: x.data!.map((v, i) => v - center[i % d]!), rows: n, cols: d };
  return form(parameters, centered, { k: batch[0]!, d, center: constant(center, [d]) });
}

function meansOf({ data, rows, cols }: Known): Float64Array {
  const means = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) means[i % cols]! += data[i]! / rows;
  return means;
}

type Setting = { readonly k: number; readonly d: number; readonly center: Value };
type Form = (parameters: Distribution['parameters'], x: Known, setting: Setting) => LinearForm | null;

const independent = (mean: Value, sd: Value, x: Known, { k, d, center }: Setting): LinearForm => {
  const m = sub(broadcastTo(mean, [k, d]), center);
  const s = broadcastTo(sd, [k, d]);
  const precision = exp(mul(-2, log(s)));
  const pulled = mul(m, precision);
  return {
    statistics: withProducts(x, (i, j) => i === j),
    bias: neg(sum(sub(mul(0.5, m, pulled), sub(-HALF_LOG_2PI, log(s))), 1)),
    natural: concat([pulled, mul(-0.5, precision)], 1),
  };
};

const forms: { readonly [name: string]: Form } = {
  normal: ({ mean, sd }, x, setting) => {
    const column = (v: Value): Value => reshape(broadcastTo(v, [setting.k]), [setting.k, 1]);
    return independent(column(mean!), column(sd!), x, setting);
  },
  multivariateNormal: ({ mean, deviations, factor }, x, setting) => {
    if (deviations !== undefined) return independent(mean!, deviations, x, setting);
    const { k, d, center } = setting;
    if (factor === undefined) return null;
    const m = sub(broadcastTo(mean!, [k, d]), center);
    const l = broadcastTo(factor, [k, d, d]);
    const eye = constant(
      Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0)),
      [d, d],
    );
    const inverse = triangularSolve(l, broadcastTo(eye, [k, d, d]));
    const z = reshape(matmul(inverse, reshape(m, [k, d, 1])), [k, d]);
    const precision = stack(
      Array.from({ length: d }, (_, i) => sum(mul(inverse, reshape(take(inverse, i, 2), [k, d, 1])), 1)),
      1,
    );
    const flat = reshape(precision, [k, d * d]);
    const pairs = pairsOf(d, () => true);
    const scales = Float64Array.from(pairs, ([i, j]) => (i === j ? -0.5 : -1));
    const products = mul(
      take(
        flat,
        pairs.map(([i, j]) => i * d + j),
        1,
      ),
      constant(scales, [pairs.length]),
    );
    const pulled = reshape(matmul(precision, reshape(m, [k, d, 1])), [k, d]);
    return {
      statistics: withProducts(x, () => true),
      bias: sub(sub(mul(-0.5, sum(square(z), 1)), sum(log(diagonal(l)), 1)), d * HALF_LOG_2PI),
      natural: concat([pulled, products], 1),
    };
  },
};

type Pairs = readonly (readonly [number, number])[];

function pairsOf(d: number, isKept: (i: number, j: number) => boolean): Pairs {
  const pairs: [number, number][] = [];
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) if (isKept(i, j)) pairs.push([i, j]);
  return pairs;
}

/** Rows, and products of their columns beside them. */
function withProducts({ data, rows, cols }: Known, isKept: (i: number, j: number) => boolean): Value {
  const pairs = pairsOf(cols, isKept);
  const width = cols + pairs.length;
  const all = new Float64Array(rows * width);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < cols; i++) all[n * width + i] = data[n * cols + i]!;
    pairs.forEach(([i, j], at) => {
      all[n * width + cols + at] = data[n * cols + i]! * data[n * cols + j]!;
    });
  }
  return constant(all, [rows, width]);
}
