/** Values that may be taken, by name, each list in order. */
export type Grid = { readonly [name: string]: readonly number[] };

type Point<Own extends Grid> = { readonly [name in keyof Own]: number };

/**
 * The point of a grid from which no step to a neighbour, along one name, goes lower; where steps begin is given.
 *
 * Each point is measured once. What is found is the lowest of all where losses have one valley, as scales and smoothings do.
 */
export async function lowest<Own extends Grid>(
  grid: Own,
  from: Point<Own>,
  lossOf: (point: Point<Own>) => Promise<number>,
): Promise<{ readonly point: Point<Own>; readonly loss: number }> {
  const known = new Map<string, number>();
  const measured = async (point: Point<Own>): Promise<number> => {
    const name = JSON.stringify(point);
    const loss = known.get(name) ?? (await lossOf(point));
    known.set(name, loss);
    return loss;
  };
  let best = { point: from, loss: await measured(from) };
  for (let moved = true; moved; ) {
    moved = false;
    for (const name of Object.keys(grid))
      for (const point of neighbours(grid, best.point, name)) {
        // Further the same way as long as it goes down.
        for (let next: Point<Own> | undefined = point.at; next !== undefined; next = point.beyond(next)) {
          const loss = await measured(next);
          if (!(loss < best.loss)) break;
          best = { point: next, loss };
          moved = true;
        }
      }
  }
  return best;
}

function neighbours<Own extends Grid>(grid: Own, from: Point<Own>, name: keyof Own) {
  const values = grid[name]!;
  const step = (point: Point<Own>, by: number): Point<Own> | undefined => {
    const value = values[values.indexOf(point[name]) + by];
    return value === undefined ? undefined : { ...point, [name]: value };
  };
  return [-1, 1].flatMap((by) => {
    const at = step(from, by);
    return at === undefined ? [] : [{ at, beyond: (point: Point<Own>) => step(point, by) }];
  });
}
