import { fail, show } from '@mixtention/core/base';

/** Refuses what scores cannot be multiplied by: T is a finite number above 0, 1 where nothing is said. */
export function checkLogitScale(where: string, logitScale: number | undefined): number {
  if (logitScale === undefined) return 1;
  if (typeof logitScale === 'number' && logitScale > 0 && logitScale < Number.POSITIVE_INFINITY) return logitScale;
  return fail(where, 'BAD_OPTION', `logitScale is ${show(logitScale)}, a finite number above 0 was due`);
}
