import type { Matrix } from '@mixtention/core';
import type { HeadGauge } from '../xray/gauge.ts';
import type { HeadXray, LayerXray, Xray } from '../xray/types.ts';
import { encodeFloats } from './floats.ts';

/** Numbers that are not finite are null: what JSON has. */
type Numbers = readonly (number | null)[];

/** A head in the report: means over the queries that see a key, then queries and keys one by one. */
export type HeadReport = {
  readonly layer: number;
  readonly head: number;
  readonly hook: string;
  /** Mean over queries, nats. */
  readonly entropy: number;
  readonly effectiveComponents: number;
  readonly effectiveDictionary: number;
  /** H(mean row) − mean H(row), nats. */
  readonly mutualInformation: number;
  readonly distinguishableComponents: number;
  readonly k90: number;
  /** Keys with a share of at least the threshold, mean over queries. */
  readonly activeComponents: number;
  readonly activeThreshold: number;
  readonly usage: Numbers;
  readonly firstKeyShare: number;
  /** Where there is a sink: the key that stands for it, always the last, and its share of each query. */
  readonly nullComponent: { readonly key: number; readonly usage: number; readonly share: Numbers } | null;
  /** Means over queries, nats: L as it is, and log p(q) in the gauges that are named. */
  readonly evidence: {
    readonly logEvidence: number;
    readonly paper: number | null;
    readonly fitted: number | null;
  } | null;
  /** The fitted gauge: Λ, its diagonal or all of it row by row, and c. */
  readonly gauge: { readonly form: 'diagonal' | 'full'; readonly precision: Numbers; readonly shift: Numbers } | null;
  /** The head of the layer that reads most alike, and the Jensen–Shannon divergence from it, nats. */
  readonly nearest: { readonly head: number; readonly divergence: number } | null;
  readonly queries: {
    readonly entropy: Numbers;
    readonly effectiveComponents: Numbers;
    readonly k90: Numbers;
    readonly activeComponents: Numbers;
    readonly logEvidence: Numbers | null;
    readonly leaveOneOut: Numbers | null;
    readonly surprise: Numbers | null;
    readonly outputVariance: Numbers | null;
    /** Length of the head's output, in the units of its values. */
    readonly outputNorm: Numbers | null;
  };
  readonly keys: {
    readonly prior: Numbers | null;
    readonly pruneMean: Numbers | null;
    readonly pruneMost: Numbers | null;
    readonly mergePartner: Numbers | null;
    readonly mergeLogEvidence: Numbers | null;
    readonly mergeWeight: Numbers | null;
  };
  readonly absent: { readonly [quantity: string]: string };
};

export type LayerReport = {
  readonly layer: number;
  readonly entropy: number;
  readonly effectiveComponents: number;
  readonly mutualInformation: number;
  readonly distinguishableComponents: number;
  readonly redundancy: readonly Numbers[];
  /** Length of what the layer adds to the stream, of each token; null where that is not known. */
  readonly outputNorm: Numbers | null;
};

export type XrayReport = {
  readonly model: string;
  /** bert, gpt2, llama, or how the tensors came. */
  readonly kind: string;
  readonly text: string | null;
  /** Words of the queries, and of the keys: the same in self-attention, but for the null component behind them. */
  readonly tokens: readonly string[];
  readonly keyTokens: readonly string[];
  readonly isCausal: boolean;
  /** Which density surprise is measured by. */
  readonly surpriseGauge: 'fitted' | 'paper' | null;
  readonly heads: readonly HeadReport[];
  readonly layers: readonly LayerReport[];
};

/**
 * What a page computes with, in float32: q, k and v of a head, with the prior of its pairs where that is more than a causal mask; or its rows where there are no
 * q and k.
 */
export type HeadTensors = {
  readonly layer: number;
  readonly head: number;
  readonly scale: number;
  /** R `[N, K]` */
  readonly rows: { readonly shape: readonly [number, number]; readonly values: string } | null;
  readonly tensors: {
    readonly [name in 'q' | 'k' | 'v' | 'bias']?: {
      readonly shape: readonly [number, number];
      readonly values: string;
    };
  };
};

/** What the key that stands for a sink is called. */
const NULL_COMPONENT = '∅ null component';

export type ReportInput = {
  readonly read: Pick<Xray, 'heads'> & {
    readonly layers: readonly (LayerXray & { readonly outputNorm?: Float64Array })[];
  };
  readonly model: string;
  readonly kind: string;
  readonly text?: string | null;
  readonly tokens?: readonly string[];
  readonly keyTokens?: readonly string[];
  readonly isCausal?: boolean;
  /** Lengths of the outputs of the heads `[N]`, in their order. */
  readonly outputNorms?: readonly Float64Array[];
};

/**
 * An X-ray as plain JSON: what `mixtention xray --json` prints, and what the page is made of.
 *
 * @example
 * const read = xray({ q: [[1, 0], [0, 1]], k: [[9, 0], [0, 9]], scale: 1 });
 * xrayReport({ read, model: 'mine', kind: 'tensors' }).heads[0].usage; // [0.5, 0.5]
 */
export function xrayReport(input: ReportInput): XrayReport {
  const { read, model, kind, text = null, isCausal = false } = input;
  const first = read.heads[0]!;
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
  const tokens = input.tokens ?? numbered(first.queries);
  const keys = first.keys - (first.nullComponent === null ? 0 : 1);
  const keyTokens = input.keyTokens ?? (keys === tokens.length ? tokens : numbered(keys));
  const gauges = (['fitted', 'paper'] as const).filter((name) =>
    read.heads.every((head) => head.gauges[name] !== null),
  );
  return {
    model,
    kind,
    text,
    tokens,
    keyTokens: [...keyTokens, ...(first.nullComponent === null ? [] : [NULL_COMPONENT])],
    isCausal,
    surpriseGauge: gauges[0] ?? null,
    heads: read.heads.map((head, h) =>
      headReport(head, read.layers, { gauge: gauges[0] ?? null, outputNorm: input.outputNorms?.[h] ?? null }),
    ),
    layers: read.layers.map(layerReport),
  };
}

type Naming = { readonly gauge: 'fitted' | 'paper' | null; readonly outputNorm: Float64Array | null };

function headReport(head: HeadXray, layers: ReportInput['read']['layers'], { gauge, outputNorm }: Naming): HeadReport {
  const { perQuery, perKey, evidence, gauges } = head;
  // A query that sees no key has no evidence.
  const mean = (values: Float64Array): number => {
    const known = values.filter((one) => one > Number.NEGATIVE_INFINITY);
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  return {
    layer: head.layer,
    head: head.head,
    hook: head.hook,
    entropy: head.entropy,
    effectiveComponents: head.effectiveComponents,
    effectiveDictionary: head.effectiveDictionary,
    mutualInformation: head.mutualInformation,
    distinguishableComponents: head.distinguishableComponents,
    k90: head.k90,
    activeComponents: head.activeComponents,
    activeThreshold: head.activeThreshold,
    usage: numbers(head.usage),
    firstKeyShare: head.firstKeyShare,
    nullComponent: head.nullComponent && { ...head.nullComponent, share: numbers(head.nullComponent.share) },
    evidence: evidence && {
      logEvidence: mean(evidence.logEvidence),
      paper: gauges.paper && mean(gauges.paper.logDensity),
      fitted: gauges.fitted && mean(gauges.fitted.logDensity),
    },
    gauge: gauges.fitted && gaugeReport(gauges.fitted.gauge),
    nearest: nearestOf(head, layers),
    queries: {
      entropy: numbers(perQuery.entropy),
      effectiveComponents: numbers(perQuery.effectiveComponents),
      k90: numbers(perQuery.k90),
      activeComponents: numbers(perQuery.activeComponents),
      logEvidence: evidence && numbers(evidence.logEvidence),
      leaveOneOut: evidence?.leaveOneOut ? numbers(evidence.leaveOneOut) : null,
      surprise: gauge && numbers(gauges[gauge]!.surprise),
      outputVariance: head.outputVariance && numbers(head.outputVariance),
      outputNorm: outputNorm && numbers(outputNorm),
    },
    keys: {
      prior: perKey.prior && numbers(perKey.prior),
      pruneMean: perKey.pruneChange && numbers(perKey.pruneChange.mean),
      pruneMost: perKey.pruneChange && numbers(perKey.pruneChange.most),
      mergePartner: perKey.merge && numbers(perKey.merge.partner),
      mergeLogEvidence: perKey.merge && numbers(perKey.merge.logEvidence),
      mergeWeight: perKey.merge && numbers(perKey.merge.weight),
    },
    absent: head.absent,
  };
}

function gaugeReport({ form, precision, shift }: HeadGauge): HeadReport['gauge'] {
  return { form, precision: numbers(precision), shift: numbers(shift) };
}

function layerReport(layer: ReportInput['read']['layers'][number]): LayerReport {
  const { redundancy, outputNorm, ...means } = layer;
  const { data, rows } = redundancy;
  const table = Array.from({ length: rows }, (_, h) => numbers(data.subarray(h * rows, (h + 1) * rows)));
  return { ...means, redundancy: table, outputNorm: outputNorm === undefined ? null : numbers(outputNorm) };
}

function nearestOf({ layer, head }: HeadXray, layers: ReportInput['read']['layers']): HeadReport['nearest'] {
  const { data, rows } = layers.find((one) => one.layer === layer)!.redundancy;
  const others = Array.from({ length: rows }, (_, other) => other).filter(
    (other) => other !== head && Number.isFinite(data[head * rows + other]!),
  );
  if (others.length === 0) return null;
  const nearest = others.reduce((best, other) =>
    data[head * rows + other]! < data[head * rows + best]! ? other : best,
  );
  return { head: nearest, divergence: data[head * rows + nearest]! };
}

function numbers(values: ArrayLike<number>): Numbers {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

/** A head of which a page computes: by queries and keys, or by its rows. */
export type PageHead = {
  readonly layer: number;
  readonly head: number;
  readonly q?: Matrix;
  readonly k?: Matrix;
  readonly v: Matrix | null;
  /** Log prior of the pairs `[N, K]`, −∞ where a key is hidden; causal masks are in it. */
  readonly bias?: Matrix;
  readonly rows?: Matrix;
};

/**
 * Tensors of a head as a page holds them.
 *
 * @example
 * const held = headTensors({ layer: 0, head: 1, rows: matrix([[0.5, 0.5]]), v: null }, 1);
 * held.rows.shape; // [1, 2]
 */
export function headTensors({ layer, head, q, k, v, bias, rows }: PageHead, scale: number): HeadTensors {
  const held = ({ data, rows: height, cols }: Matrix) => ({
    shape: [height, cols] as const,
    values: encodeFloats(data),
  });
  return {
    layer,
    head,
    scale,
    rows: rows === undefined ? null : held(rows),
    tensors: {
      ...(q && { q: held(q) }),
      ...(k && { k: held(k) }),
      ...(v && { v: held(v) }),
      ...(bias && { bias: held(bias) }),
    },
  };
}
