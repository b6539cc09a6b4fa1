import type { Executor, Precision } from '@mixtention/core';
import { run } from '@mixtention/core/loop';
import type { MemoizedInfo } from '@mixtention/em';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { countedExecutor } from './counted-executor.ts';
import type { Problem, Side } from './planted-problem.ts';

/** The first passes of a side have workers to start, parts of shards to copy and code to compile: they do not count. */
const UNCOUNTED = 20;

/** How one side went. */
export type Course = {
  /** After each iteration, nats a row. */
  readonly marks: readonly { readonly passes: number; readonly value: number }[];
  readonly cpuSeconds: readonly number[];
  /** Of the objective, from one batch to the next, relative; 0 where it never fell. */
  readonly largestFall: number;
  readonly status: string;
};

export type Race = { readonly em: Course; readonly memoized: Course };

export type RaceLimits = {
  readonly executor: Executor;
  readonly signal: AbortSignal;
  readonly precision: Precision;
  readonly maxIterations: number;
  /** 0 goes on to the last iteration. */
  readonly tolerance?: number;
  readonly onTurn?: (race: Race) => void;
};

/** Both sides in turns, a pass and a lap, each until it has converged by itself. */
export async function race({ data, em, memoized }: Problem, limits: RaceLimits): Promise<Race> {
  const sides = [em, memoized].map((side) => runner(side, data, limits));
  for (let isOver = false; !isOver; ) {
    const turns: boolean[] = [];
    for (const side of sides) turns.push(await side.turn());
    isOver = !turns.includes(true);
    limits.onTurn?.({ em: sides[0]!.course, memoized: sides[1]!.course });
  }
  return { em: sides[0]!.course, memoized: sides[1]!.course };
}

function runner(
  { algorithm, state }: Side,
  data: Problem['data'],
  { executor, onTurn: _, ...limits }: RaceLimits,
): { readonly course: Course; turn(): Promise<boolean> } {
  const counted = countedExecutor(executor);
  const steps = run(algorithm, data, { executor: counted.executor, state, ...limits });
  const course = { marks: [] as Course['marks'][number][], cpuSeconds: [] as number[], largestFall: 0, status: '' };
  let last = Number.NEGATIVE_INFINITY;
  return {
    course,
    async turn() {
      const spent = stopwatch();
      const { value: step, done } = await steps.next();
      if (done || step === undefined) return false;
      course.cpuSeconds.push(spent().cpuSeconds);
      const { info, status } = step;
      for (const objective of (info as Partial<MemoizedInfo>).objectives ?? [info.objective]) {
        course.largestFall = Math.max(course.largestFall, (last - objective) / Math.abs(objective));
        last = objective;
      }
      course.marks.push({ passes: counted.passes(), value: info.objective / data.rows });
      course.status = status;
      return status === 'running';
    },
  };
}

/** Where a side ended, nats a row. */
export function endOf({ marks }: Course): number {
  return marks.at(-1)!.value;
}

/** Passes until a side was there; Infinity where it never was. */
export function passesTo({ marks }: Course, goal: number): number {
  return marks.find(({ value }) => value >= goal)?.passes ?? Number.POSITIVE_INFINITY;
}

/** CPU time of a lap over that of the pass of EM before it, median over turns. */
export function costOf({ em, memoized }: Race): number {
  const turns = Math.min(em.cpuSeconds.length, memoized.cpuSeconds.length);
  const from = Math.min(UNCOUNTED, turns - 1);
  return median(memoized.cpuSeconds.slice(from, turns).map((seconds, i) => seconds / em.cpuSeconds[from + i]!));
}
