import type { LinearTerm, Scores } from '../contracts/index.ts';
import { type Layout, layOut } from './layout.ts';
import type { Machine } from './machine.ts';

/** Neighbouring components, laid out by themselves: those from `from` on. */
export type Block = { readonly from: number; readonly layout: Layout };

/** Whether scores are read block by block: those of linear terms, of more components than one block holds. */
export function areCut({ tile }: Machine, { components, terms }: Scores): boolean {
  return components > tile.components && terms.every(({ form }) => form === 'linear');
}

/** Packs scores into a machine, block by block; all of them share the room for a tile. */
export function layOutBlocks(machine: Machine, scores: Scores, strides: readonly number[]): readonly Block[] {
  reserve(
    machine,
    scores.components,
    scores.terms.reduce((sum, { width }) => sum + width, 1),
  );
  const blocks: Block[] = [];
  const { components: most } = machine.tile;
  for (let from = 0; from < scores.components; from += most) {
    const own = some(scores, from, Math.min(scores.components, from + most));
    blocks.push({ from, layout: layOut(machine, own, strides, blocks[0]?.layout) });
  }
  return blocks;
}

/** Lets the memory of a machine grow once, by what so many numbers for each component need, and not block by block: each time it moves. */
export function reserve(machine: Machine, components: number, width: number): void {
  const mark = machine.mark();
  machine.take(components * width * machine.size);
  machine.release(mark);
}

/** Components `from … to` of linear terms, without a copy. */
function some({ bias, terms }: Scores, from: number, to: number): Scores {
  return {
    components: to - from,
    bias: bias.subarray(from, to),
    terms: (terms as readonly LinearTerm[]).map((term) => ({
      ...term,
      natural: term.natural.subarray(from * term.width, to * term.width),
    })),
  };
}
