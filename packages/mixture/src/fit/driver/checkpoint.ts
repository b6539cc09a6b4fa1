import type { BackendName, Precision, PrecisionChoice, Tree } from '@mixtention/core';
import { decodeAs, encodeAs, fail, isRecord, type NamedSpec } from '@mixtention/core/base';
import type { Step } from '@mixtention/core/loop';
import type { TracePoint } from './progress.ts';

/** What is known of one run of a start; plain data. */
export type RunRecord = {
  readonly trace: readonly TracePoint[];
  /** The last step whose objective was a number; from its `next` the run goes on. */
  readonly step: Step;
};

/**
 * A fit that has not ended, as plain data: what it is of, and all of its runs. A fit that resumes from it has the bits of one that was never interrupted.
 *
 * What follows from the options and the rows is not in it: it is made again, and compared.
 */
export type Checkpoint = {
  /** Who fits: `em/fit`. */
  readonly where: string;
  /** The algorithm and its config, down to the family, by name. */
  readonly algorithm: NamedSpec;
  readonly options: {
    readonly components: number;
    readonly screen: number;
    readonly restarts: number;
    readonly seed: number;
    readonly maxIterations: number;
    readonly tolerance: number;
    /** Left out in older ones: `auto`. */
    readonly precision?: PrecisionChoice;
  };
  /** The first state, where it was given. */
  readonly given: Tree;
  /** SHA-256 of the files of the modules that are not the project's own; none where they cannot be read, as in a page. */
  readonly modules: { readonly [module: string]: string };
  readonly data: {
    readonly digest: string;
    readonly rows: number;
    readonly width: number;
    readonly cuts: readonly number[];
  };
  readonly backend: BackendName;
  /** Which build of the backend's kernel, where there are several; null where there is one, left out in older ones. */
  readonly kernel?: string | null;
  readonly precision: Precision;
  /** That the fit has taken so far. */
  readonly seconds: number;
  /** Runs of starts by name, those that are over too. */
  readonly runs: { readonly [name: string]: RunRecord };
  /** What a caller keeps with it. */
  readonly caller?: Tree;
};

/** What a checkpoint file says of itself. */
const FORMAT = { format: 'mixtention/checkpoint', formatVersion: 1 };

/**
 * A checkpoint as text, every bit of it.
 *
 * @throws BAD_MODEL where it would be longer than a text can be
 *
 * @example
 * import { fit } from '@mixtention/em';
 * let text = '';
 * const onCheckpoint = (checkpoint) => { text = encodeCheckpoint(checkpoint); };
 * const whole = await fit(faithful(), { components: 2, onCheckpoint, checkpointEveryMs: 0 });
 * const again = await fit(faithful(), { components: 2, resume: decodeCheckpoint(text) });
 * again.logLikelihood === whole.logLikelihood; // true
 */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  return encodeAs(FORMAT, checkpoint as unknown as { readonly [name: string]: Tree });
}

/**
 * The checkpoint that `encodeCheckpoint` wrote. Whether it is one of a certain fit is seen when that resumes.
 *
 * @throws BAD_MODEL for anything else
 *
 * @example
 * try {
 *   decodeCheckpoint('{}');
 * } catch (error) {
 *   error.code; // 'BAD_MODEL'
 * }
 */
export function decodeCheckpoint(text: string): Checkpoint {
  const where = 'mixture/decodeCheckpoint';
  const checkpoint: unknown = decodeAs(where, 'the checkpoint', FORMAT, text);
  if (isCheckpoint(checkpoint)) return checkpoint;
  return fail(where, 'BAD_MODEL', 'parts of the checkpoint are missing, or not what they should be');
}

/** Whether a value has the parts of a checkpoint; what states are made of is the algorithm's. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  const { where, algorithm, options, modules, data, backend, precision, seconds, runs } = (value ?? {}) as {
    readonly [name: string]: Tree;
  };
  const isObject = (part: Tree | undefined): part is { readonly [name: string]: Tree } =>
    part !== undefined && isRecord(part);
  return (
    [where, backend, precision].every((part) => typeof part === 'string') &&
    [algorithm, options, modules].every(isObject) &&
    typeof seconds === 'number' &&
    isObject(data) &&
    Array.isArray(data.cuts) &&
    isObject(runs) &&
    Object.values(runs).every(isRunRecord)
  );
}

function isRunRecord(run: Tree): boolean {
  if (!isRecord(run) || !Array.isArray(run.trace)) return false;
  const { step } = run;
  if (step === undefined || !isRecord(step) || !isRecord(step.info ?? null) || !isRecord(step.next ?? null))
    return false;
  const { iteration, state } = step.next as { readonly [name: string]: Tree };
  return Number.isSafeInteger(iteration) && state !== undefined && step.state !== undefined;
}
