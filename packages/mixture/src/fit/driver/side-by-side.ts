import type { Pace } from './pace.ts';

/**
 * Works on items, so many at a time, begun in their order; results come in it too.
 *
 * Where one fails the others are cut short, and its failure is thrown when all have ended.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  { width, pace }: { readonly width: number; readonly pace: Pace },
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let failure: { readonly cause: unknown } | null = null;
  let next = 0;
  const serve = async (): Promise<void> => {
    while (next < items.length && failure === null) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (cause) {
        failure ??= { cause };
        pace.cutAll();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, serve));
  if (failure !== null) throw (failure as { readonly cause: unknown }).cause;
  return results;
}
