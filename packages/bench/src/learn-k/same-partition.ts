/**
 * Share of rows that two labellings put into groups that are not each other's: 0 where they are one partition by other names.
 *
 * Groups are paired one to one, those first that have the most rows in common.
 */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const cells = new Map<string, { readonly a: number; readonly b: number; count: number }>();
  for (let n = 0; n < a.length; n++) {
    const name = `${a[n]} ${b[n]}`;
    const cell = cells.get(name) ?? { a: a[n]!, b: b[n]!, count: 0 };
    cell.count++;
    cells.set(name, cell);
  }
  const [takenA, takenB] = [new Set<number>(), new Set<number>()];
  let together = 0;
  for (const cell of [...cells.values()].sort((one, other) => other.count - one.count)) {
    if (takenA.has(cell.a) || takenB.has(cell.b)) continue;
    takenA.add(cell.a);
    takenB.add(cell.b);
    together += cell.count;
  }
  return 1 - together / a.length;
}
