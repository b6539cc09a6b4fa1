import { counted } from '../base/counted.ts';
import { fail, lookUp } from '../base/errors.ts';
import type { Backend, BackendName, Matrix, Precision, RowBlock, Rows, Scores } from '../contracts/index.ts';
import { checkBackward } from '../kernel/backward-tile.ts';
import { checkAccumulation, checkScores, checkWritable } from '../kernel/check.ts';
import { accumulatedAsPlain, readAsPlain, writtenAsPlain } from './as-plain.ts';
import { areCut, type Block, layOutBlocks } from './blocks.ts';
import { accumulate } from './fused-accumulate.ts';
import { backward } from './fused-backward.ts';
import { read } from './fused-read.ts';
import { score } from './fused-score.ts';
import { type HeldValues, holdValues } from './fused-values.ts';
import { write } from './fused-write.ts';
import { type Layout, layOut } from './layout.ts';
import type { Machine } from './machine.ts';
import { isFusedIn, openWasmMachine, type Rounding } from './wasm-machine.ts';

/** What a machine keeps between the calls of one problem and the next. */
const KEPT_BYTES = 2 ** 26;

export type FusedOptions = {
  /** `float32` unless given */
  readonly precision?: Precision;
  /** What `MIXTENTION_ROUNDING` says unless given, `fastest` where it says nothing */
  readonly rounding?: Rounding;
};

/**
 * The kernel in WebAssembly: each tile of rows is scored, normalised and summed while it lies in the cache, in float32 or in float64.
 *
 * Rows stay where they are: a tile at a time is copied into the memory of the module. The bits of a result depend on the module alone, and there
 * are two: engines with relaxed SIMD (Node ≥ 22, or 20 with `--experimental-wasm-relaxed-simd`) multiply and add in one rounding, which is faster
 * by a quarter. `rounding: 'common'` forces the other on all.
 *
 * @throws `RangeError` where its memory cannot grow; `CompileError` where the engine has no SIMD; UNKNOWN_NAME for what `MIXTENTION_ROUNDING` says
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const backend = fusedBackend({ precision: 'float64' });
 * const rows = backend.take({ data: Float64Array.of(1, 1, 1, 0, 0, 0), rows: 3, cols: 2, stride: 2 });
 * const { counts } = backend.write([rows], scores); // [1.5, 1.5]
 */
export function fusedBackend({ precision = 'float32', rounding = wantedRounding() }: FusedOptions = {}): Backend {
  const kernel = isFusedIn(rounding) ? 'relaxed SIMD' : 'common SIMD';
  return backendOn({ name: 'wasm', kernel, precision }, () => openWasmMachine(precision, rounding));
}

/** A backend on machines: one for each call that runs within another. */
export function backendOn(
  about: { readonly name: BackendName; readonly kernel: string; readonly precision: Precision },
  open: () => Machine,
): Backend {
  const desks: Desk[] = [openDesk(open())];

  /** A machine that no call is using: callbacks of a call may call the backend themselves. */
  const withDesk = <Result>(use: (desk: Desk) => Result): Result => {
    let desk = desks.find(({ isBusy }) => !isBusy);
    if (desk === undefined) desks.push((desk = openDesk(open())));
    desk.isBusy = true;
    try {
      return use(desk);
    } finally {
      desk.isBusy = false;
    }
  };

  const withScores = <Result>(
    rows: readonly Rows[],
    scores: Scores,
    use: (machine: Machine, layout: Layout, blocks: readonly RowBlock[]) => Result,
  ): Result =>
    withDesk((desk) => {
      const blocks = rows as readonly RowBlock[];
      return use(desk.machine, upload(desk, scores, blocks, false)[0]!.layout, blocks);
    });

  /** Many components are read block by block. */
  const withBlocks = <Result>(
    rows: readonly Rows[],
    scores: Scores,
    use: (machine: Machine, parts: readonly Block[], blocks: readonly RowBlock[]) => Result,
  ): Result =>
    withDesk((desk) => {
      const blocks = rows as readonly RowBlock[];
      const parts = upload(desk, scores, blocks, areCut(desk.machine, scores));
      return aside(desk.machine, () => use(desk.machine, parts, blocks));
    });

  return {
    ...about,
    tf: null,
    take: (block) => block,
    release() {
      for (const desk of desks.filter(isTooLarge)) desks.splice(desks.indexOf(desk), 1);
    },
    write(rows, scores, options = {}) {
      checkScores('core/write', rows, scores);
      checkWritable('core/write', scores);
      return withScores(rows, scores, (machine, layout, blocks) =>
        writtenAsPlain(write(machine, layout, blocks, options), blocks, scores, options),
      );
    },
    read(rows, scores, values, options = {}) {
      checkScores('core/read', rows, scores);
      if (values !== null && values.rows !== scores.components)
        fail(
          'core/read',
          'BAD_SHAPE',
          `${counted(values.rows, 'value')} came with ${counted(scores.components, 'component')}`,
        );
      return withDesk((desk) => {
        const blocks = rows as readonly RowBlock[];
        const { parts, held } = uploadValues(desk, scores, blocks, values);
        const reading = aside(desk.machine, () => read(desk.machine, parts, blocks, held, options));
        readAsPlain(reading, blocks, scores, values, options);
        return reading;
      });
    },
    score(rows, scores, visit, options = {}) {
      checkScores('core/score', rows, scores);
      withScores(rows, scores, (machine, layout, blocks) =>
        aside(machine, () => score(machine, layout, blocks, visit, options)),
      );
    },
    backward(rows, scores, values, downstream, options = {}) {
      checkScores('core/backward', rows, scores);
      checkBackward('core/backward', rows, scores, values, downstream);
      return withBlocks(rows, scores, (machine, parts, blocks) =>
        backward(machine, { scores, parts }, blocks, values, downstream, options),
      );
    },
    accumulate(rows, into, fill, options = {}) {
      checkAccumulation('core/accumulate', rows, into);
      return withDesk((desk) => {
        clear(desk);
        const blocks = rows as readonly RowBlock[];
        return accumulatedAsPlain(accumulate(desk.machine, blocks, into, fill, options), blocks, into, fill, options);
      });
    },
  };
}

/** What the environment says; a browser has none. */
function wantedRounding(): Rounding {
  const { process } = globalThis as {
    readonly process?: { readonly env?: { readonly [name: string]: string | undefined } };
  };
  const known = { fastest: 'fastest', common: 'common' } as const;
  return lookUp('core/fusedBackend', 'MIXTENTION_ROUNDING', process?.env?.MIXTENTION_ROUNDING || 'fastest', known);
}

/** Scores in the memory of a machine, and above them the values that were read under them last. */
type Held = {
  readonly scores: Scores;
  readonly strides: readonly number[];
  readonly parts: readonly Block[];
  values: HeldValues | null;
};

/** A machine, and the scores that it holds. */
type Desk = {
  readonly machine: Machine;
  readonly origin: number;
  held: Held | null;
  isBusy: boolean;
};

/** The memory of a module never shrinks: one that large scores have filled goes with the rows that they met. */
function isTooLarge({ isBusy, machine }: Desk): boolean {
  return !isBusy && machine.reals.byteLength > KEPT_BYTES;
}

function openDesk(machine: Machine): Desk {
  return { machine, origin: machine.mark(), held: null, isBusy: false };
}

/** Scores that are laid out already are used again: every shard of an iteration meets the same ones. */
function upload(desk: Desk, scores: Scores, blocks: readonly RowBlock[], isCut: boolean): readonly Block[] {
  const { held, machine } = desk;
  const isSame =
    held !== null && held.scores === scores && held.strides.every((stride, t) => stride === blocks[t]!.stride);
  if (isSame && held.parts.length > 1 === isCut) return held.parts;
  clear(desk);
  const strides = blocks.map(({ stride }) => stride);
  const parts = isCut
    ? layOutBlocks(machine, scores, strides)
    : [{ from: 0, layout: layOut(machine, scores, strides) }];
  desk.held = { scores, strides, parts, values: null };
  return parts;
}

/** The same with values, which are laid out once for as long as the scores are. */
function uploadValues(
  desk: Desk,
  scores: Scores,
  blocks: readonly RowBlock[],
  values: Matrix | null,
): { readonly parts: readonly Block[]; readonly held: HeldValues | null } {
  const isCut = areCut(desk.machine, scores);
  let parts = upload(desk, scores, blocks, isCut);
  if (values === null) return { parts, held: null };
  const known = desk.held!.values;
  if (known !== null && known.of !== values) {
    clear(desk);
    parts = upload(desk, scores, blocks, isCut);
  }
  return { parts, held: (desk.held!.values ??= holdValues(desk.machine, parts, values)) };
}

function clear(desk: Desk): void {
  desk.held = null;
  desk.machine.release(desk.origin);
}

/** What a call takes for itself goes with it. */
function aside<Result>(machine: Machine, call: () => Result): Result {
  const mark = machine.mark();
  try {
    return call();
  } finally {
    machine.release(mark);
  }
}
