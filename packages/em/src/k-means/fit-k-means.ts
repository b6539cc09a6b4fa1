import type { Dataset, Matrix } from '@mixtention/core';
import { openReader, runPass } from '@mixtention/core/data';
import { statusSentences } from '@mixtention/core/loop';
import { type Course, drive, type FitInput, type Outcome, type Posed, restartsOf } from '@mixtention/mixture/fit';
import { type KMeansInfo, type KMeansState, kMeansSteps } from './k-means.ts';
import { KMeansModel } from './k-means-model.ts';
import { checkKMeans, type KMeansFit, type KMeansOptions, type SettledKMeans, WHERE } from './k-means-options.ts';

/**
 * k-means: K centres that the squared distances of rows to their nearest centre are least from, at a local minimum; the best of `restarts`.
 *
 * Distances are those of the data as given: scale columns yourself where their units differ.
 *
 * @param input    `[N, D]`, a source, or a data set
 * @param options  see `KMeansOptions`
 * @returns centres, inertia, labels on demand, status
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, NOT_FINITE, UNKNOWN_NAME for input that cannot be used; ABORTED when the signal fires
 *
 * Cost: N·K·D multiply–adds an iteration.
 * Source: Lloyd (1982); starts by Arthur & Vassilvitskii (2007).
 *
 * @example
 * const { centers } = await kMeans([[0], [1], [10], [11]], { components: 2 });
 * [...centers.data].sort((a, b) => a - b); // [0.5, 10.5]
 */
export async function kMeans(input: FitInput, options: KMeansOptions): Promise<KMeansFit> {
  const checked = checkKMeans(input, options);
  return drive(checked.x, checked.options, {
    where: WHERE,
    columns: () => 'jointly',
    problem: ({ rows, cols }) => ({ rows, components: checked.options.components, width: cols }),
    pose: (data) => poseKMeans(data, checked.options),
  });
}

function poseKMeans(data: Dataset, { components, start }: SettledKMeans): Posed<KMeansFit> {
  const { center, scale } = data.transform;
  const isGiven = typeof start !== 'string';
  const algorithm = kMeansSteps({ components, start: isGiven ? 'given' : start });
  return {
    algorithm,
    given: isGiven ? { centers: Float64Array.from(start.data) } : null,
    begin(key) {
      if (!isGiven) return { first: { key, components } };
      return { state: { width: data.width, centers: mapCenters(start, (m, d) => (m - center[d]!) / scale[d]!) } };
    },
    measure: ({ objective }) => ({ objective: objective * scale[0]! ** 2, logLikelihood: Number.NaN }),
    better: byQuality,
    isHopeful: true,
    report,
  };
}

/** A start with all centres in use comes before one with empty ones, then the lower J. */
function byQuality(a: Outcome, b: Outcome): number {
  const empty = ({ step }: Outcome): number => step.info.degenerate?.length ?? 0;
  return empty(a) - empty(b) || b.objective - a.objective;
}

function report(course: Course): KMeansFit {
  const { data, executor, precision, outcomes, best, screening, seconds, passSeconds } = course;
  const { step, status, iterations, trace } = outcomes[best]!;
  const { counts } = step.info as KMeansInfo;
  const { transform, width } = data;
  const order = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const user = mapCenters(
    { data: (step.state as KMeansState).centers, rows: counts.length, cols: width },
    (m, d) => m * transform.scale[d]! + transform.center[d]!,
  );
  const sorted = new Float64Array(user.length);
  for (const [k, old] of order.entries()) sorted.set(user.subarray(old * width, (old + 1) * width), k * width);
  const { names } = data.columns;
  const centers = { data: sorted, rows: order.length, cols: width, ...(names && { columns: names }) };
  const model = new KMeansModel(centers);
  // An objective that rounding has lifted above 0 is one of 0.
  const inertias = trace.map(({ iteration, seconds, objective }) => ({
    iteration,
    seconds,
    inertia: Math.max(0, -objective),
  }));
  let labels: Int32Array | undefined;
  return {
    model,
    centers,
    counts: Float64Array.from(order, (old) => counts[old]!),
    get labels() {
      return (labels ??= labelsOf(model, data));
    },
    inertia: inertias.at(-1)!.inertia,
    status,
    message: status === 'degenerate' ? statusSentences[status] : step.message,
    converged: status === 'converged',
    iterations,
    trace: inertias,
    seconds,
    passSeconds,
    restarts: restartsOf(course),
    screening,
    best,
    degenerate: order.flatMap((old, k) => (counts[old]! > 0 ? [] : [k])),
    rows: data.rows,
    weight: data.totalWeight,
    backend: executor.backend,
    workers: executor.workers,
    precision: { began: precision.began, ended: precision.ended },
  };
}

/** Of the rows that were fitted, whatever the caller did with the array since. */
function labelsOf(model: KMeansModel, data: Dataset): Int32Array {
  const labels = new Int32Array(data.rows);
  return runPass(openReader(data), {
    add: (part, first) => labels.set(model.predict(part), first),
    done: () => labels,
  });
}

function mapCenters({ data, cols }: Matrix, map: (m: number, d: number) => number): Float64Array {
  return Float64Array.from(data, (m, i) => map(m, i % cols));
}
