import type { Memory, Precision, StepInfo } from '../contracts/index.ts';

/** Objectives that are remembered. */
const MOST_OBJECTIVES = 33;

/** Before the first step. */
export function noMemory(precision: Precision): Memory {
  return { objectives: [], precision, within: 0, isFinishing: false };
}

/** With one more step. */
export function remember(before: Memory, info: StepInfo & { readonly precision: Precision }): Memory {
  const isComparable = info.reset !== true && before.precision === info.precision;
  return {
    objectives: [...(isComparable ? before.objectives.slice(1 - MOST_OBJECTIVES) : []), info.objective],
    precision: info.precision,
    within: isComparable ? before.within : 0,
    isFinishing: before.isFinishing,
  };
}

/** Gain of the last step over the one before; NaN where there is none to compare with. */
export function lastGain({ objectives }: Memory): number {
  return objectives.length < 2 ? Number.NaN : objectives.at(-1)! - objectives.at(-2)!;
}
