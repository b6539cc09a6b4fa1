import { counted } from '../base/counted.ts';
import type { MemorySource, Source, SpecSource, Table } from '../contracts/index.ts';
import { allocate } from './allocate.ts';
import { bytesOfCell, cellTypeOf, viewCells } from './cells.ts';
import { parts } from './pass.ts';
import { bindSource, isSource } from './sources.ts';

/**
 * Where the rows of a data set lie: in shared memory, or with their source.
 *
 * @param inMemory  rows of a source are read into memory too
 * @throws TOO_LARGE with what is needed and what is left
 */
export function placeRows(x: Table | Source, inMemory: boolean, where: string): MemorySource | SpecSource {
  if (isSource(x) && !inMemory) {
    const place: SpecSource = { kind: 'spec', type: x.type, spec: x.spec };
    bindSource(place, x);
    return place;
  }
  const { rows, cols } = x;
  const type = isSource(x) ? x.type : cellTypeOf(x.data);
  const buffer = allocate(
    rows * cols * bytesOfCell(type),
    where,
    `${counted(rows, 'row')} of ${counted(cols, 'column')} in ${type}`,
  );
  if (isSource(x))
    for (const [from, to] of parts(x))
      x.read(from, to - from, viewCells(type, buffer, from * cols, (to - from) * cols));
  else viewCells(type, buffer, 0, rows * cols).set(x.data);
  return { kind: 'memory', type, buffer };
}
