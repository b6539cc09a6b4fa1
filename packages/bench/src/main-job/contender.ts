import type { Fit, TracePoint } from '@mixtention/mixture';
import type { Contender, TraceMark } from './results.ts';

export type Course = {
  /** The best log-likelihood known. */
  readonly best: number;
  /** Gap that counts as having arrived. */
  readonly within: number;
  /** What gaps are divided by: 1, or the number of rows. */
  readonly unit: number;
};

/** A fit as one contender of several from the same start. */
export function contender(
  { name, learningRate }: Pick<Contender, 'name' | 'learningRate'>,
  fit: Fit & { readonly gradientEvaluations?: number },
  { best, within, unit }: Course,
): Contender {
  const marks = fit.trace.map((point) => markOf(point, best, unit));
  const arrival = marks.find(({ gap }) => gap <= within);
  return {
    name,
    learningRate,
    status: fit.status,
    iterations: fit.iterations,
    gradientEvaluations: fit.gradientEvaluations ?? 0,
    seconds: fit.seconds,
    logLikelihood: fit.logLikelihood / unit,
    reached: arrival === undefined ? null : { iteration: arrival.iteration, seconds: arrival.seconds },
    trace: thin(marks),
  };
}

function markOf({ iteration, seconds, logLikelihood }: TracePoint, best: number, unit: number): TraceMark {
  return { iteration, seconds, gap: (best - logLikelihood) / unit };
}

/** About as many marks as a chart with a logarithmic axis of steps can show. */
function thin(marks: readonly TraceMark[]): TraceMark[] {
  let due = 0;
  return marks.filter(({ iteration }, i) => {
    if (iteration < due && i < marks.length - 1) return false;
    due = Math.max(iteration + 1, Math.floor(iteration * 1.03));
    return true;
  });
}
