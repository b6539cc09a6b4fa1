import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { Spot } from './paint.ts';
import type { RowReading } from './row-reading.ts';
import type { Duel } from './why-view.ts';

/** What pictures are made of. */
export type Painted = {
  readonly data: CompletionData;
  /** `[K, D]` */
  readonly means: ArrayLike<number>;
  readonly state: CompletionState;
  readonly reading: RowReading;
  readonly draws: readonly Float64Array[];
  readonly duel: Duel | null;
  /** From 0 to 1. */
  tone(value: number): number;
};

/** Tones of values: bits are tones, others lie between the least and the most of rows and means. */
export function toneOf({ isBinary, rows }: CompletionData, means: ArrayLike<number>): (value: number) => number {
  if (isBinary) return (value) => value;
  const all = [...rows.flatMap(({ cells }) => cells), ...Array.from(means)];
  const least = all.reduce((low, v) => Math.min(low, v), Number.POSITIVE_INFINITY);
  const most = all.reduce((high, v) => Math.max(high, v), Number.NEGATIVE_INFINITY);
  return (value) => (most > least ? (value - least) / (most - least) : 0);
}

/**
 * A picture by its name, cell by cell: what is seen in ink, what the model says in its color.
 *
 * @param name  `row:2`, `component:17`, `truth`, `completed`, `sample:0`, `why`, `between` or `within`
 */
export function spotsOf(name: string, painted: Painted): (d: number) => Spot {
  const { data, means, state, reading, draws, tone } = painted;
  const [kind, at] = name.split(':');
  const k = Number(at);
  const guess =
    (values: ArrayLike<number> | undefined) =>
    (d: number): Spot =>
      state.mask[d] === 1
        ? { ink: 'ink', share: tone(state.cells[d]!) }
        : { ink: 'model', share: tone(values?.[d] ?? 0) };
  if (kind === 'row') return (d) => ({ ink: 'ink', share: tone(data.rows[k]!.cells[d]!) });
  if (kind === 'component') return (d) => ({ ink: 'model', share: tone(means[k * state.cells.length + d]!) });
  if (kind === 'completed') return guess(reading.completed);
  if (kind === 'sample') return guess(draws[k]);
  if (kind === 'truth') return (d) => ({ ink: 'ink', share: tone(state.cells[d]!) });
  return kind === 'why' ? duelSpots(painted) : deviations(kind === 'between', painted);
}

/** What each cell says, by the root of its size: small voices are seen too. */
function duelSpots({ duel }: Painted): (d: number) => Spot {
  const most = duel?.cells.reduce((all, own) => Math.max(all, Math.abs(own)), 0) || 1;
  return (d) => {
    const own = duel?.cells[d] ?? 0;
    return { ink: own >= 0 ? 'model' : 'adam', share: Math.sqrt(Math.abs(own) / most) };
  };
}

/** Standard deviations; that of a bit is ½ at most. */
function deviations(isBetween: boolean, { data, reading: { between, within } }: Painted): (d: number) => Spot {
  const values = isBetween ? between : within;
  const largest = (all: Float64Array | null): number => all?.reduce((most, own) => Math.max(most, own), 0) ?? 0;
  const most = data.isBinary ? 0.5 : Math.sqrt(Math.max(largest(between), largest(within))) || 1;
  return (d) => ({ ink: isBetween ? 'adam' : 'descent', share: Math.sqrt(values?.[d] ?? 0) / most });
}
