/** Freezes every object and list of a tree; typed arrays cannot be frozen, so a copy is kept and compared. */
export function freezeTree<T>(tree: T): { readonly frozen: T; readonly before: T } {
  const before = structuredClone(tree);
  freeze(tree);
  return { frozen: tree, before };
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}
