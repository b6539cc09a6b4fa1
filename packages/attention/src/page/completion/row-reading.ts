import type { MixtureModel } from '@mixtention/mixture';
import { complete } from '../../complete/complete.ts';
import { sampleCompletions } from '../../complete/sample-completions.ts';
import { entropyOf } from '../../xray/row-measures.ts';

/** A row, what is seen of it, and how sharply the mixture is read. */
export type RowQuestion = {
  readonly cells: Float64Array;
  /** `[D]`, 1 is seen */
  readonly mask: Uint8Array;
  readonly logitScale: number;
};

/** What the page tells of a row; nats. */
export type RowReading = {
  readonly seen: number;
  readonly hidden: number;
  /** π `[K]` */
  readonly prior: Float64Array;
  /** r `[K]`: with the seen cells, and with the hidden ones too; the latter null where hidden cells are not scored. */
  readonly posterior: Float64Array;
  readonly informed: Float64Array | null;
  /** exp H(r) */
  readonly effectiveComponents: number;
  readonly entropy: number;
  /** KL(r ‖ π): what the seen cells say of the component. */
  readonly learnt: number;
  /** KL(r with the truth ‖ r): what the hidden cells then say of it. */
  readonly surprise: number | null;
  /** log p(x_O) */
  readonly logEvidence: number;
  /** −log p(x_M | x_O) of the hidden cells together, and the sum of each by itself. */
  readonly joint: number | null;
  readonly marginal: number | null;
  /** Seen cells, and means of the hidden ones. */
  readonly completed: Float64Array;
  readonly within: Float64Array | null;
  readonly between: Float64Array | null;
  /** What is not told, by name, with the reason. */
  readonly absent: { readonly [name in 'scores' | 'variance' | 'samples']?: string };
};

/** Cells of rows that are scored while somebody waits, where each hidden cell takes a pass of its own. */
const MOST_SCORED = 32;

/** What of a model can be told live. */
export type Abilities = {
  readonly scores: string | null;
  readonly variance: string | null;
  /** Another T than 1. */
  readonly scale: string | null;
};

/** Reasons why hidden cells are not scored, their variance is not told, or scores are not multiplied; or null. */
export function abilitiesOf({ family, params, logWeights, width }: MixtureModel): Abilities {
  const isBinary = family.columns(width).every(({ cells }) => cells === 'binary');
  const isStudent = family.scores(params, logWeights).terms.some(({ form }) => form === 'student');
  return {
    scores:
      isBinary || width <= MOST_SCORED
        ? null
        : `scored here up to ${MOST_SCORED} columns; mixtention complete prints it`,
    variance: isStudent ? 'components whose spread depends on what is seen (Student-t) tell none' : null,
    scale: isStudent ? 'scores with Student-t terms are read at T = 1 alone' : null,
  };
}

/**
 * Bayes for one row: everything the page shows of it, by `complete`.
 *
 * Cost: that of `complete` for one row.
 */
export function readRow(model: MixtureModel, { cells, mask, logitScale }: RowQuestion, can: Abilities): RowReading {
  const row = { data: cells, rows: 1, cols: cells.length };
  const read = complete(model, row, mask, {
    logitScale,
    responsibilities: true,
    variance: can.variance === null,
    ...(can.scores === null && { truth: row }),
  });
  const posterior = Float64Array.from(read.responsibilities!.data);
  const informed = read.informedResponsibilities ? Float64Array.from(read.informedResponsibilities.data) : null;
  const prior = model.logWeights.map(Math.exp);
  const entropy = entropyOf(posterior);
  const seen = mask.reduce((sum, cell) => sum + cell, 0);
  return {
    seen,
    hidden: mask.length - seen,
    prior,
    posterior,
    informed,
    entropy,
    effectiveComponents: Math.exp(entropy),
    learnt: divergence(posterior, prior),
    surprise: informed && divergence(informed, posterior),
    logEvidence: read.logEvidence[0]!,
    joint: read.jointLogProbability ? -read.jointLogProbability[0]! : null,
    marginal: read.marginalLogProbability ? -read.marginalLogProbability[0]! : null,
    completed: Float64Array.from(read.completed.data),
    within: read.variance ? Float64Array.from(read.variance.within.data) : null,
    between: read.variance ? Float64Array.from(read.variance.between.data) : null,
    absent: {
      ...(can.scores !== null && { scores: can.scores }),
      ...(can.variance !== null && { variance: can.variance, samples: can.variance }),
    },
  };
}

/** KL(p ‖ q), nats. */
function divergence(p: Float64Array, q: Float64Array): number {
  const sum = p.reduce((all, own, k) => (own > 0 ? all + own * Math.log(own / q[k]!) : all), 0);
  return Math.max(0, sum);
}

/** Rows that the mixture might have made of what is seen. */
export function drawRows(
  model: MixtureModel,
  { cells, mask, logitScale }: RowQuestion,
  { draws, seed }: { readonly draws: number; readonly seed: number },
): Float64Array[] {
  const row = { data: cells, rows: 1, cols: cells.length };
  return sampleCompletions(model, row, mask, { draws, seed, logitScale }).map(({ data }) => Float64Array.from(data));
}

/** Hidden cells of a row at one T. */
export type ScalePoint = {
  readonly logitScale: number;
  readonly joint: number;
  readonly marginal: number;
  readonly effectiveComponents: number;
};

export function readScale(model: MixtureModel, question: RowQuestion, logitScale: number, can: Abilities): ScalePoint {
  const { joint, marginal, effectiveComponents } = readRow(
    model,
    { ...question, logitScale },
    { ...can, variance: 'not asked' },
  );
  return { logitScale, joint: joint!, marginal: marginal!, effectiveComponents };
}

/** What each further part of a row changes: step s sees the first s parts. */
export type RevealStep = {
  readonly seen: number;
  /** −log p of what is seen, and of what is hidden given it, nats */
  readonly told: number;
  readonly left: number | null;
  readonly effectiveComponents: number;
  /** The most responsible component, and its share. */
  readonly best: number;
  readonly share: number;
};

/**
 * A row that is revealed part by part: lines of a picture, else cells.
 *
 * @param part  cells of a part
 */
export function readReveal(
  model: MixtureModel,
  { cells, logitScale }: RowQuestion,
  part: number,
  can: Abilities,
): RevealStep[] {
  const D = cells.length;
  const steps = Math.ceil(D / part) + 1;
  const data = new Float64Array(steps * D);
  const mask = new Uint8Array(steps * D);
  for (let s = 0; s < steps; s++) {
    data.set(cells, s * D);
    mask.fill(1, s * D, s * D + Math.min(D, s * part));
  }
  const rows = { data, rows: steps, cols: D };
  const { responsibilities, logEvidence, jointLogProbability } = complete(model, rows, [...chunks(mask, D)], {
    logitScale,
    responsibilities: true,
    ...(can.scores === null && { truth: rows }),
  });
  const K = model.components;
  return Array.from({ length: steps }, (_, s) => {
    const own = Float64Array.from(responsibilities!.data.subarray(s * K, (s + 1) * K));
    const best = own.reduce((most, share, k) => (share > own[most]! ? k : most), 0);
    return {
      seen: Math.min(D, s * part),
      told: -logEvidence[s]!,
      left: jointLogProbability ? -jointLogProbability[s]! : null,
      effectiveComponents: Math.exp(entropyOf(own)),
      best,
      share: own[best]!,
    };
  });
}

function* chunks(flags: Uint8Array, width: number): Iterable<Uint8Array> {
  for (let at = 0; at < flags.length; at += width) yield flags.subarray(at, at + width);
}
