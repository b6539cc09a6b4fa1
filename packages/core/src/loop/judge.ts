import { findUnhealthy, isSameTree } from '../base/tree.ts';
import type { AnyAlgorithm, Memory, Precision, PrecisionChoice, Status, StepInfo, Tree } from '../contracts/index.ts';
import { fallenTerms, lastGain } from './memory.ts';
import { type Outlook, remainingGain, unknown } from './remaining-gain.ts';
import { noiseOf, type Rounding } from './rounding.ts';
import { coarse, level, near, seen, statusSentences, sunk, unchanged } from './sentences.ts';
import { coarseOutlook, hasSunk } from './sunk.ts';

/** Steps in a row at which no more than the tolerance must be left. */
const HOLD = 2;

/** A tolerance so many times as large as rounding is wide. */
const WIDE = 20;

/** Of a run that goes on in float64. */
const finishing: Memory = { objectives: [], precision: 'float64', within: 0, isFinishing: true };

export type Judged = {
  /** What was looked at. */
  readonly from: Tree;
  /** What it became. */
  readonly state: Tree;
  readonly info: StepInfo & { readonly precision: Precision };
  /** Without this step. */
  readonly before: Memory;
  /** With this step. */
  readonly memory: Memory;
};

export type Limits = {
  /** Total, nats. */
  readonly tolerance: number;
  readonly rounding: Rounding;
  /** Whether iterations or time are over. */
  readonly isOver: boolean;
  /** Whether float64 may finish what float32 cannot. */
  readonly finish: boolean;
  /** In float32 it never does. */
  readonly asked: PrecisionChoice;
};

/** What a step comes to, and what is left to gain (total, nats). */
export type Verdict = {
  readonly status: 'running' | Status;
  readonly message: string;
  readonly outlook: Outlook;
  readonly memory: Memory;
};

/**
 * Whether a run goes on after a step, and why not.
 *
 * An algorithm whose objective rises has converged when no more than the tolerance is left to gain, by objectives in float64, or when a step in float64 changes
 * nothing. In float32 gains sink into rounding before that: the run goes on in float64. So it does where an algorithm says by itself that it has converged, and saw that in float32.
 */
export function judge({ claims }: AnyAlgorithm, judged: Judged, limits: Limits): Verdict {
  const { info, memory, state } = judged;
  if (Number.isNaN(info.objective)) return end(memory, 'diverged');
  if (info.status === 'converged' && (info.tested ?? info.precision) === 'float32') return ofSeen(judged, limits);
  if (info.status !== undefined) return end(memory, info.status, { message: info.because });
  if (limits.asked === 'float32' && info.precision === 'float64')
    return isTroubled(info) ? end(memory, 'degenerate') : end(memory, 'stopped', { message: coarse });
  const verdict = claims.objective === 'monotone' ? ofRising(judged, limits) : end(memory, 'running');
  if (verdict.status !== 'running') return verdict;
  if (!limits.isOver) {
    const found = findUnhealthy(state, 'state');
    return found === null ? verdict : end(memory, 'diverged', { message: `${found}: ${statusSentences.diverged}` });
  }
  // What it remembers stays: it may go on from here.
  return { ...verdict, status: 'stopped', message: statusSentences.stopped };
}

/** An algorithm has seen its own end in float32: float64 is to see it too. */
function ofSeen({ info, memory }: Judged, { finish, asked, isOver }: Limits): Verdict {
  if (isOver) return end(memory, 'stopped');
  if (finish && asked !== 'float32') return end(finishing, 'running');
  return end(memory, 'stopped', { message: info.because === undefined ? seen : `${info.because}; ${seen}` });
}

function end(
  memory: Memory,
  status: Verdict['status'],
  { outlook = unknown, message }: { readonly outlook?: Outlook; readonly message?: string | undefined } = {},
): Verdict {
  return { status, message: message ?? statusSentences[status], outlook, memory };
}

function ofRising(judged: Judged, limits: Limits): Verdict {
  const { info, memory } = judged;
  const { rounding, tolerance } = limits;
  const gain = lastGain(memory);
  if (isTroubled(info) && gain <= rounding.usual) return end(memory, 'degenerate');
  // A fall that is less than what may be left to gain counts for nothing.
  if (gain < -Math.max(rounding.most, tolerance)) {
    const found = fallenTerms(judged.before, memory);
    return end(memory, 'diverged', found === null ? {} : { message: `${found}: ${statusSentences.diverged}` });
  }
  const verdict = info.precision === 'float64' ? inFloat64(judged, limits) : inFloat32(judged, limits);
  const isStill = verdict.status !== 'running' || verdict.memory.isFinishing !== memory.isFinishing;
  return isTroubled(info) && isStill ? end(memory, 'degenerate', { outlook: verdict.outlook }) : verdict;
}

/** A component at its covariance floor, or without data, leaves the path on which the objective must rise. */
function isTroubled({ degenerate = [] }: StepInfo): boolean {
  return degenerate.length > 0;
}

function inFloat64({ from, state, memory }: Judged, { tolerance, rounding }: Limits): Verdict {
  const gain = lastGain(memory);
  const isLevel = gain <= 0;
  const told = remainingGain(memory.objectives, rounding.usual);
  if (gain === 0 && isSameTree(from, state))
    return end(memory, 'converged', { outlook: { ...told, gain: 0 }, message: unchanged });
  const outlook = isLevel ? { ...told, gain: rounding.usual } : told;
  const within = isLevel || outlook.gain <= tolerance ? memory.within + 1 : 0;
  if (within >= HOLD) return end(memory, 'converged', { outlook, ...(isLevel && { message: level }) });
  return { ...end(memory, 'running', { outlook }), memory: { ...memory, within } };
}

function inFloat32({ from, state, memory }: Judged, limits: Limits): Verdict {
  const { tolerance, rounding, finish, asked } = limits;
  const noise = Math.min(rounding.usual, noiseOf(memory.objectives));
  const outlook = coarseOutlook(memory.objectives, noise);
  const isUnchanged = lastGain(memory) === 0 && isSameTree(from, state);
  // A tolerance that is wide beside rounding may be reached before gains sink.
  const isNear = tolerance > WIDE * noise && remainingGain(memory.objectives, noise).gain <= tolerance;
  const isSunk = isUnchanged || hasSunk(memory.objectives, noise);
  if (!isSunk && !isNear) return end(memory, 'running', { outlook });
  if (finish && asked !== 'float32') return end(finishing, 'running', { outlook });
  // A state that comes back has less to gain than rounding hides, however few gains tell of it.
  const told =
    isUnchanged && asked === 'float32' ? { ...outlook, gain: Math.min(outlook.gain, rounding.usual) } : outlook;
  if (isSunk) return end(memory, 'stopped', { outlook: told, message: sunk });
  return asked === 'float32' ? end(memory, 'stopped', { outlook, message: near }) : end(memory, 'running', { outlook });
}
