import { mapArrays } from '../base/tree.ts';
import type { Tree } from '../contracts/index.ts';

/**
 * The same tree with its arrays in shared memory, which crosses threads without a copy and is no garbage in any of them.
 *
 * @param tree  left alone
 * @param into  a tree whose shared arrays may be overwritten where the lengths agree; else new memory is taken
 */
export function shareTree(tree: Tree, into: Tree = null): Tree {
  const spare: Float64Array[] = [];
  mapArrays(into, (array) => {
    spare.push(array);
    return array;
  });
  return mapArrays(tree, (array) => {
    if (array.buffer instanceof SharedArrayBuffer && into === null) return array;
    const at = spare.findIndex(({ length }) => length === array.length);
    const shared = at < 0 ? new Float64Array(new SharedArrayBuffer(array.byteLength)) : spare.splice(at, 1)[0]!;
    shared.set(array);
    return shared;
  });
}
