import type { MatrixLike, Reading } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { type AttentionProblem, attentionProblem, readValueVariance } from './problem.ts';
import { addSink } from './sink.ts';
import type { AttendOptions, AttentionReading } from './types.ts';
import { momentsOf, splitMoments } from './variance.ts';

/** A read that is about to be made: what the kernel gets, and what its reading becomes. */
export type OpenReading = {
  /** Its values have columns more where a variance is wanted. */
  readonly problem: AttentionProblem;
  readonly wanted: { readonly responsibilities: boolean; readonly labels: boolean };
  /** @throws NOT_FINITE where the evidence is no number */
  readonly finish: (read: Reading) => AttentionReading;
};

/** Checks what a read is given, see `attentionProblem`. */
export function openReading(
  where: string,
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike | null,
  options: AttendOptions,
  room?: (count: number) => Float64Array,
): OpenReading {
  const { responsibilities = false, labels = false, valueVariance } = options;
  const problem = attentionProblem(where, q, k, v, options, room);
  const { values, sink } = problem;
  const ownVariance = readValueVariance(where, valueVariance, values);
  const moments = options.variance || ownVariance !== null ? momentsOf(values ?? noValues(where), ownVariance) : null;
  return {
    problem: moments === null ? problem : { ...problem, values: moments.values },
    wanted: { responsibilities, labels },
    finish(read) {
      checkEvidence(where, read.logEvidence);
      const isOrphan = (n: number): boolean => read.logEvidence[n] === Number.NEGATIVE_INFINITY;
      const reading = moments === null ? read : { ...read, ...splitMoments(read.output, moments.center, isOrphan) };
      return sink === null ? reading : addSink(reading, sink);
    },
  };
}

function noValues(where: string): never {
  return fail(where, 'BAD_OPTION', 'the variance of the output was asked for without values');
}

function checkEvidence(where: string, logEvidence: Float64Array): void {
  const n = logEvidence.findIndex((l) => !(l < Number.POSITIVE_INFINITY));
  if (n >= 0)
    fail(
      where,
      'NOT_FINITE',
      `the scores of query ${n} (counted from 0) are too large to be numbers; give smaller queries, keys, biases or scales`,
    );
}
