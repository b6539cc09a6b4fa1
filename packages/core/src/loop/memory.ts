import { timesPlain } from '../backends/times-plain.ts';
import type { BackendName, Dataset, Memory, Precision, StepInfo } from '../contracts/index.ts';

/** Objectives that are remembered. */
const MOST_OBJECTIVES = 33;

/** Before the first step. */
export function noMemory(precision: Precision): Memory {
  return { objectives: [], precision, within: 0, spent: 0, finishing: null };
}

/** With one more step. */
export function remember(before: Memory, info: StepInfo & { readonly precision: Precision }, cost: number): Memory {
  const isComparable = info.reset !== true && before.precision === info.precision;
  const { spent, finishing } = before;
  return {
    objectives: [...(isComparable ? before.objectives.slice(1 - MOST_OBJECTIVES) : []), info.objective],
    precision: info.precision,
    within: isComparable ? before.within : 0,
    spent: finishing === null ? spent + cost : spent,
    finishing: finishing === null ? null : finishing + cost,
  };
}

/** Gain of the last step over the one before; NaN where there is none to compare with. */
export function lastGain({ objectives }: Memory): number {
  return objectives.length < 2 ? Number.NaN : objectives.at(-1)! - objectives.at(-2)!;
}

/** Multiply–adds of a pass; of a step that does not tell, one for each cell. */
export function workOf({ workPerRow }: StepInfo, { rows, width }: Dataset): number {
  return rows * (workPerRow ?? width);
}

/** What a pass costs, in multiply–adds on plain. */
export function costOf(work: number, precision: Precision, backend: BackendName): number {
  return precision === 'float64' ? work : work / timesPlain(backend, work);
}
