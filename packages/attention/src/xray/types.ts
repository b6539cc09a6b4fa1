import type { Matrix } from '@mixtention/core';
import type { HeadGauge } from './gauge.ts';
import type { Level } from './head.ts';
import type { RowMeasures } from './row-measures.ts';

/** Evidence of the queries of a head. */
export type HeadEvidence = {
  /** `L_n` `[N]`, nats: counts the prior as it was given. */
  readonly logEvidence: Float64Array;
  /** `L_n` without query n's own key, `[N]`; −∞ where no other is seen. Null unless queries and keys are the same tokens. */
  readonly leaveOneOut: Float64Array | null;
};

/** Evidence as a density of the queries, in a gauge that is named. */
export type GaugeEvidence = {
  readonly gauge: HeadGauge;
  /** `log p(q_n)` `[N]`, nats */
  readonly logDensity: Float64Array;
  /** `−log p(q_n)` `[N]`, under the other tokens alone where a query is one of the keys; NaN where there is no other. */
  readonly surprise: Float64Array;
};

/** What is told of each key of a head, `[K]` each. */
export type KeyReport = {
  /** `π_k` of the implied mixture in the paper gauge; for a prior that differs between queries, their mean. */
  readonly prior: Float64Array | null;
  /** Mean over the queries that see a key of ‖o − o′‖ when this one goes, and the most of it: exact. */
  readonly pruneChange: { readonly mean: Float64Array; readonly most: Float64Array } | null;
  /** The key with which merging costs least evidence, and the evidence it costs, mean over the same, nats; −1 where there is none. */
  readonly merge: {
    readonly partner: Int32Array;
    readonly logEvidence: Float64Array;
    readonly weight: Float64Array;
  } | null;
};

/** Reasons why something is absent, by the name of what is. */
export type Absent = { readonly [quantity: string]: string };

/** Means are over the queries that see a key. */
export type HeadXray = {
  /** Counted from 0. */
  readonly layer: number;
  readonly head: number;
  /** Where TransformerLens keeps these rows: `blocks.3.attn.hook_pattern`. */
  readonly hook: string;
  readonly queries: number;
  /** With a sink the null component is counted: it is the last key. */
  readonly keys: number;
  /** Mean over queries of H(r_n), nats. */
  readonly entropy: number;
  /** `exp` of that: dictionary = effective × distinguishable components. */
  readonly effectiveComponents: number;
  /** Mean over queries. */
  readonly k90: number;
  /** How many keys have a share of at least `activeThreshold` of a query, mean over queries. */
  readonly activeComponents: number;
  readonly activeThreshold: number;
  /** `π̂_k = mean_n r_nk`, `[K]` */
  readonly usage: Float64Array;
  /** `exp H(π̂)` */
  readonly effectiveDictionary: number;
  /** `I(z; q) = H(π̂) − mean H(r_n)`, nats */
  readonly mutualInformation: number;
  /** `exp I(z; q)`: how many components the queries can be told apart by. */
  readonly distinguishableComponents: number;
  /** Usage of key 0, where Transformers put what they have no use for. */
  readonly firstKeyShare: number;
  /** What a sink takes: its share of each query `[N]`, its mean, and the key that stands for it. Null where no sink was given. */
  readonly nullComponent: { readonly key: number; readonly usage: number; readonly share: Float64Array } | null;
  readonly perQuery: RowMeasures;
  readonly evidence: HeadEvidence | null;
  readonly gauges: { readonly paper: GaugeEvidence | null; readonly fitted: GaugeEvidence | null };
  /** Trace of the covariance of the values under each row, `Σ_k r_nk ‖v_k − o_n‖²`, `[N]`. */
  readonly outputVariance: Float64Array | null;
  readonly perKey: KeyReport;
  /** R `[N, K]`, where it was asked for. */
  readonly responsibilities?: Matrix;
  /** What the input does not license, and why. */
  readonly absent: Absent;
};

/** Means over the heads of a layer, and how alike they read. */
export type LayerXray = {
  readonly layer: number;
  readonly entropy: number;
  readonly effectiveComponents: number;
  readonly mutualInformation: number;
  readonly distinguishableComponents: number;
  /** Jensen–Shannon divergence between rows of heads, mean over the queries that see keys in both, nats `[H, H]`; 0 is redundant, NaN without such a query. */
  readonly redundancy: Matrix;
};

export type Xray = {
  readonly level: Level;
  readonly heads: readonly HeadXray[];
  readonly layers: readonly LayerXray[];
};
