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
    ...(info.boundTerms !== undefined && { boundTerms: info.boundTerms }),
    within: isComparable ? before.within : 0,
    isFinishing: before.isFinishing,
  };
}

/** Which terms fell in a step whose bound fell, those that fell the most first, in words; null where terms are not known. */
export function fallenTerms({ boundTerms: before }: Memory, { boundTerms: after }: Memory): string | null {
  if (before === undefined || after === undefined) return null;
  const falls = Object.keys(after).map((name) => ({ name, by: (before[name] ?? Number.NaN) - after[name]! }));
  const fallen = falls.filter(({ by }) => by > 0).sort((a, b) => b.by - a.by);
  if (fallen.length === 0) return null;
  return `of the bound's terms fell ${fallen.map(({ name, by }) => `"${name}" by ${by.toPrecision(3)}`).join(', ')} nats`;
}

/** Gain of the last step over the one before; NaN where there is none to compare with. */
export function lastGain({ objectives }: Memory): number {
  return objectives.length < 2 ? Number.NaN : objectives.at(-1)! - objectives.at(-2)!;
}
