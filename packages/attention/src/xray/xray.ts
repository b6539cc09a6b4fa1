import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions, counted, fail, show } from '@mixtention/core/base';
import { type HeadReader, levelOf } from './head.ts';
import { headsOf, type PlacedHead, type XrayInput } from './heads-of.ts';
import { othersOf } from './others.ts';
import { readEvidence } from './read-evidence.ts';
import { readHead } from './read-head.ts';
import { mergePartners, paperPrior, pruneSums } from './read-keys.ts';
import { newDivergences } from './redundancy.ts';
import { emptyMeasures, entropyOf, measureRows } from './row-measures.ts';
import type { HeadXray, KeyReport, LayerXray, Xray } from './types.ts';

export type XrayOptions = {
  /** Where the kernel runs; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
  /** Whether query n and key n are the same token; default: when there are as many queries as keys. */
  readonly selfAttention?: boolean | undefined;
  /** Form of Λ in the fitted gauge; default: full where there are queries enough, else diagonal. false leaves the fit out. */
  readonly gauge?: 'diagonal' | 'full' | false | undefined;
  /** The share of a query from which a key counts as active, above 0 and at most 1; default 0.01. */
  readonly activeThreshold?: number | undefined;
  /** Also return R of each head. */
  readonly responsibilities?: boolean | undefined;
};

/** The share from which a key counts as active. */
const ACTIVE = 0.01;

/** Cells of R that are held at once, of all heads of a layer. */
const MOST_CELLS = 2 ** 22;

/**
 * Every head read as what it is, a mixture: entropies, usage, distinguishable components, evidence, redundancy, and what removing or merging keys
 * would change.
 *
 *     H(r_n) = −Σₖ r_nk log r_nk     π̂_k = mean_n r_nk     I(z; q) = H(π̂) − mean_n H(r_n)     distinguishable = exp I ≤ K
 *
 * Means are over the queries that see a key: one from which all are hidden has no row.
 * A head with a high H(π̂) and I near 0 averages. Responsibilities, entropies and I do not depend on a gauge; densities and priors do, so theirs is named.
 * What the input does not license is null, with the reason under its name in `absent`.
 *
 * @param input  q, k (v, bias, mask, scale, sink), or logits (sink), or probabilities (v with either): of one head `[N, …]`, of a layer `[heads, N, …]`, or of a
 * model `[layers, heads, N, …]`
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, BAD_DATA, each in one sentence that names tensors and shapes
 *
 * Cost: a read of each head, and one of its prior; H²·N·K for redundancy, N·K²/2 for merge partners, N·K·V for prunes. N×K is not held unless it is asked for.
 *
 * @example
 * const { heads } = xray({ q: [[1, 0], [0, 1]], k: [[9, 0], [0, 9]], v: [[1], [2]], scale: 1 });
 * heads[0].distinguishableComponents; // 2.00: each query has a key of its own
 * heads[0].usage; // [0.5, 0.5]
 * // A sink is a component more, the last, of value 0.
 * const [sunk] = xray({ q: [[1]], k: [[0], [0]], v: [[2], [4]], sink: Math.log(2) }).heads;
 * sunk.nullComponent; // { key: 2, usage: 0.50, share: [0.50] }
 */
export function xray(input: XrayInput, options: XrayOptions = {}): Xray {
  const where = 'attention/xray';
  checkOptions(where, options, ['backend', 'selfAttention', 'gauge', 'activeThreshold', 'responsibilities']);
  const { gauge, activeThreshold = ACTIVE } = options;
  if (!(typeof activeThreshold === 'number' && activeThreshold > 0 && activeThreshold <= 1))
    fail(where, 'BAD_OPTION', `activeThreshold is ${show(activeThreshold)}, a share above 0 and at most 1 was due`);
  if (gauge !== undefined && gauge !== false && gauge !== 'diagonal' && gauge !== 'full')
    fail(where, 'BAD_OPTION', `gauge is ${String(gauge)}, "diagonal", "full" or false was due`);
  const placed = headsOf(input, where);
  const layers = [...new Set(placed.map(({ layer }) => layer))].map((layer) =>
    readLayer(
      placed.filter((one) => one.layer === layer),
      options,
      where,
    ),
  );
  return {
    level: levelOf(placed[0]!.given),
    heads: layers.flatMap(({ heads }) => heads),
    layers: layers.map(({ report }) => report),
  };
}

type Layer = { readonly heads: readonly HeadXray[]; readonly report: LayerXray };

function readLayer(placed: readonly PlacedHead[], options: XrayOptions, where: string): Layer {
  const { backend = plain, responsibilities = false } = options;
  const readers = placed.map(({ given }) => readHead(given, { backend, where }));
  const { queries: N, keys: K } = readers[0]!;
  const tokens = placed[0]!.hasNull ? K - 1 : K;
  const self = options.selfAttention ?? N === tokens;
  if (self && N !== tokens)
    fail(
      where,
      'BAD_OPTION',
      `selfAttention was asked for with ${counted(N, 'query', 'queries')} and ${counted(tokens, 'key')}, as many of both were due`,
    );
  const asked = { self, keepRows: responsibilities, threshold: options.activeThreshold ?? ACTIVE };
  const sums = readers.map((reader) => newSums(reader, asked));
  const alike = newDivergences(readers.length, K);
  for (const { start, count } of tiles(N, readers.length * K)) {
    const rows = readers.map((reader) => reader.rows(start, count));
    for (const [h, own] of rows.entries()) sums[h]!.add(own, start);
    alike.add(rows.map(({ r }) => r));
  }
  const heads = placed.map((one, h) => reportOf(one, { reader: readers[h]!, sums: sums[h]!, options, backend, where }));
  const mean = (name: 'entropy' | 'effectiveComponents' | 'mutualInformation' | 'distinguishableComponents'): number =>
    heads.reduce((sum, head) => sum + head[name], 0) / heads.length;
  const report: LayerXray = {
    layer: placed[0]!.layer,
    entropy: mean('entropy'),
    effectiveComponents: mean('effectiveComponents'),
    mutualInformation: mean('mutualInformation'),
    distinguishableComponents: mean('distinguishableComponents'),
    redundancy: alike.mean(),
  };
  return { heads, report };
}

function* tiles(queries: number, cellsARow: number): Iterable<{ start: number; count: number }> {
  const size = Math.max(1, Math.floor(MOST_CELLS / cellsARow));
  for (let start = 0; start < queries; start += size) yield { start, count: Math.min(size, queries - start) };
}

type Sums = ReturnType<typeof newSums>;

/** What one pass over the rows of a head gathers. */
function newSums(
  { queries: N, keys: K, values, level, scores }: HeadReader,
  { self, keepRows, threshold }: { readonly self: boolean; readonly keepRows: boolean; readonly threshold: number },
) {
  const perQuery = emptyMeasures(N);
  const usage = new Float64Array(K);
  const lastShare = new Float64Array(N);
  const isTold = level !== 'probabilities';
  const logEvidence = isTold ? new Float64Array(N) : null;
  const logOthers = isTold && self ? new Float64Array(N) : null;
  const variance = values === null ? null : new Float64Array(N);
  const prune = pruneSums(values, K, scores);
  let seen = 0;
  const rows: Matrix | null = keepRows ? { data: new Float64Array(N * K), rows: N, cols: K } : null;
  const add = ({ r, logEvidence: own, output }: ReturnType<HeadReader['rows']>, start: number): void => {
    measureRows({ r, keys: K, start }, threshold, perQuery);
    for (let i = 0; i < r.length; i++) usage[i % K]! += r[i]!;
    if (own !== null) logEvidence?.set(own, start);
    for (let n = start; n < start + r.length / K; n++) {
      const row = r.subarray((n - start) * K, (n - start + 1) * K);
      lastShare[n] = row[K - 1]!;
      if (row.some((share) => share > 0)) seen++;
      if (logOthers !== null) logOthers[n] = othersOf(row, (key) => key === n, scores && (() => scores(n))).logMass;
    }
    if (variance !== null) addVariance(r, values!, output!, variance.subarray(start));
    prune.add(r, output, start);
    rows?.data.set(r, start * K);
  };
  const means = () => ({
    seen,
    usage: usage.map((sum) => sum / seen),
    entropy: sumOf(perQuery.entropy) / seen,
    k90: sumOf(perQuery.k90) / seen,
    activeComponents: sumOf(perQuery.activeComponents) / seen,
    ...prune.finish(seen),
  });
  return { add, means, perQuery, lastShare, threshold, logEvidence, logOthers, variance, rows };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]!;
  return sum;
}

/** `Σ_k r_k ‖v_k − o‖²`: a sum of squares, so that it keeps its digits far from 0. */
function addVariance(r: Float64Array, { data, rows: K, cols }: Matrix, output: Matrix, out: Float64Array): void {
  for (let n = 0; n < output.rows; n++) {
    for (let k = 0; k < K; k++) {
      const share = r[n * K + k]!;
      if (share > 0)
        for (let c = 0; c < cols; c++) out[n]! += share * (data[k * cols + c]! - output.data[n * cols + c]!) ** 2;
    }
  }
}

type Read = {
  readonly reader: HeadReader;
  readonly sums: Sums;
  readonly options: XrayOptions;
  readonly backend: Backend;
  readonly where: string;
};

/** Why no query of a head sees a key. */
const NOTHING: { readonly [level in HeadReader['level']]: string } = {
  'queries and keys': 'mask or bias hides them all',
  logits: 'all logits are −∞',
  probabilities: 'all probabilities are 0',
};

function reportOf(
  { layer, head, given, hasNull }: PlacedHead,
  { reader, sums, options, backend, where }: Read,
): HeadXray {
  const { queries: N, keys: K, level } = reader;
  const { seen, usage, entropy, k90, activeComponents, pruneChange } = sums.means();
  if (seen === 0)
    fail(
      where,
      'BAD_DATA',
      `layer ${layer}, head ${head} (counted from 0): none of ${counted(N, 'query', 'queries')} sees any of ${counted(K, 'key')}, ${NOTHING[level]}`,
    );
  const { perQuery, lastShare, threshold, logEvidence, logOthers, variance, rows } = sums;
  const dictionary = entropyOf(usage);
  // Rounding alone can bring it below 0.
  const mutualInformation = Math.max(0, dictionary - entropy);
  const { evidence, gauges, absent } = readEvidence(
    given,
    { logEvidence, logOthers },
    { backend, form: options.gauge },
  );
  return {
    layer,
    head,
    hook: `blocks.${layer}.attn.hook_pattern`,
    queries: N,
    keys: K,
    entropy,
    effectiveComponents: Math.exp(entropy),
    k90,
    activeComponents,
    activeThreshold: threshold,
    usage,
    effectiveDictionary: Math.exp(dictionary),
    mutualInformation,
    distinguishableComponents: Math.exp(mutualInformation),
    firstKeyShare: usage[0]!,
    nullComponent: hasNull ? { key: K - 1, usage: usage[K - 1]!, share: lastShare } : null,
    perQuery,
    evidence,
    gauges,
    outputVariance: variance,
    perKey: keyReport(given, { values: reader.values, usage, pruneChange, backend, absent }),
    ...(rows && { responsibilities: rows }),
    absent,
  };
}

type KeyRead = Pick<Read, 'backend'> &
  Pick<KeyReport, 'pruneChange'> & {
    readonly values: Matrix | null;
    readonly usage: Float64Array;
    readonly absent: { [quantity: string]: string };
  };

function keyReport(given: PlacedHead['given'], { values, usage, pruneChange, backend, absent }: KeyRead): KeyReport {
  if (values === null) {
    absent.pruneChange = 'what removing a key does to the output needs v';
    absent.outputVariance = 'the variance of the output needs v';
  }
  if (!('q' in given)) absent.prior = absent.merge = 'priors and partners of keys need q and k';
  const merge = 'q' in given ? mergePartners(given, usage) : null;
  if (typeof merge === 'string') absent.merge = merge;
  return {
    prior: paperPrior(given, backend),
    pruneChange,
    merge: typeof merge === 'string' ? null : merge,
  };
}
