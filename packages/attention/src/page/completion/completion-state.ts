import { generator, key } from '@mixtention/core/numeric';
import type { MixtureModel } from '@mixtention/mixture';
import type { CompletionData } from './completion-data.ts';
import { type Abilities, type RowQuestion, readRow } from './row-reading.ts';

/** Which weights of components are shown: before anything is seen, with the seen cells, with the hidden ones too. */
export type Stage = 'prior' | 'posterior' | 'informed';

/** What a finger or mouse does to cells of a picture. */
export type Brush = 'show' | 'hide' | 'ink' | 'blank';

/** What is looked at. */
export type CompletionState = {
  /** Place of the row; −1 is one that was drawn. */
  readonly row: number;
  readonly cells: Float64Array;
  readonly mask: Uint8Array;
  readonly logitScale: number;
  readonly stage: Stage;
  readonly brush: Brush;
  readonly seed: number;
  /** The component that is held against the most responsible one; null is the second. */
  readonly rival: number | null;
};

/** Where a page opens: at the row whose hidden cells tell most of one another, where they are scored; several components share it. */
export function firstCompletionState(
  { rows, mask, logitScale }: CompletionData,
  model: MixtureModel,
  can: Abilities,
): CompletionState {
  const gains = rows.map(({ cells }) => {
    if (can.scores !== null) return 0;
    const question = { cells: Float64Array.from(cells), mask: Uint8Array.from(mask), logitScale };
    const { joint, marginal } = readRow(model, question, { ...can, variance: 'not asked' });
    return marginal! - joint!;
  });
  const row = gains.indexOf(Math.max(...gains));
  return {
    row,
    cells: Float64Array.from(rows[row]!.cells),
    mask: Uint8Array.from(mask),
    logitScale,
    stage: 'posterior',
    brush: 'show',
    seed: 0,
    rival: null,
  };
}

export function questionOf({ cells, mask, logitScale }: CompletionState): RowQuestion {
  return { cells, mask, logitScale };
}

/** Cells that one step of revealing shows: a line of a picture, else a cell. */
export function partOf({ picture }: CompletionData): number {
  return picture?.width ?? 1;
}

/** Ways to choose what is seen. */
export type Preset = { readonly name: string; readonly mask: Uint8Array };

/** The mask as it was asked for, and others; of pictures by place, of tables by the order of columns. */
export function presetsOf({ mask, picture }: CompletionData, seed = 0): Preset[] {
  const D = mask.length;
  const make = (of: (d: number) => boolean): Uint8Array => Uint8Array.from({ length: D }, (_, d) => Number(of(d)));
  const random = generator({ ...key(seed), path: ['preset'] });
  const quarter = make(() => random.uniform() < 0.25);
  const asked = { name: 'As asked for', mask: Uint8Array.from(mask) };
  const [all, none] = [make(() => true), make(() => false)];
  const ends = [
    { name: 'Random 25 %', mask: quarter },
    { name: 'All', mask: all },
    { name: 'Nothing', mask: none },
  ];
  if (picture === null) return unlike([asked, { name: 'First half', mask: make((d) => d < D / 2) }, ...ends]);
  const { width: W, height: H } = picture;
  const [line, column] = [(d: number) => Math.floor(d / W), (d: number) => d % W];
  return unlike([
    asked,
    { name: 'Top half', mask: make((d) => line(d) < H / 2) },
    { name: 'Bottom half', mask: make((d) => line(d) >= H / 2) },
    { name: 'Left half', mask: make((d) => column(d) < W / 2) },
    { name: 'One line', mask: make((d) => line(d) === Math.floor(H / 2)) },
    ...ends,
  ]);
}

/** The mask that was asked for goes by its own name, where it has one. */
function unlike(presets: readonly Preset[]): Preset[] {
  const [asked, ...others] = presets;
  return others.some(({ mask }) => same(mask, asked!.mask)) ? others : [asked!, ...others];
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((cell, d) => cell === b[d]);
}

/** How many parts, from the first on, are seen, when nothing else is; else null. */
export function revealed({ mask }: CompletionState, part: number): number | null {
  const seen = mask.lastIndexOf(1) + 1;
  const isRun = mask.indexOf(0) === -1 || mask.indexOf(0) >= seen;
  return isRun && (seen % part === 0 || seen === mask.length) ? Math.ceil(seen / part) : null;
}

/** A stroke of the brush about a cell of a picture; a block as wide as strokes of a pen are. */
export function stroke(
  state: CompletionState,
  { picture }: CompletionData,
  cell: number,
): Pick<CompletionState, 'cells' | 'mask'> {
  const { width: W, height: H } = picture!;
  const isPen = state.brush === 'ink' || state.brush === 'blank';
  const size = Math.max(1, Math.round(W / (isPen ? 14 : 9)));
  const [line, column] = [Math.floor(cell / W), cell % W];
  const [top, left] = [line - Math.floor((size - 1) / 2), column - Math.floor((size - 1) / 2)];
  const cells = state.cells.slice();
  const mask = state.mask.slice();
  for (let y = Math.max(0, top); y < Math.min(H, top + size); y++)
    for (let x = Math.max(0, left); x < Math.min(W, left + size); x++) {
      const d = y * W + x;
      if (isPen) cells[d] = Number(state.brush === 'ink');
      else mask[d] = Number(state.brush === 'show');
    }
  return { cells, mask };
}
