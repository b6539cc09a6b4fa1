import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';
import type { Case } from './cases.ts';
import type { Problem, Side } from './side.ts';

/** A turn goes on for so long, as a fit does, and for two iterations at least; the first does not count: caches are another side's. */
const TURN_SECONDS = 0.5;
/** Before a turn the threads of the side before, which wait by spinning, get time to fall asleep. */
const PAUSE_MS = 300;

/** Seconds of an iteration by round, for every side. */
export type Race<One extends Problem = Case> = ReadonlyMap<Side<One>, readonly number[]>;

/** Lets all sides take turns. One round more than counted: the first puts rows where each side wants them. */
export async function race<One extends Problem>(
  sides: readonly Side<One>[],
  one: One,
  { rounds, signal }: { readonly rounds: number; readonly signal: AbortSignal },
): Promise<Race<One>> {
  const seconds = new Map(sides.map((side) => [side, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const side of sides) {
      signal.throwIfAborted();
      const value = await turn(side, one);
      if (round > 0) seconds.get(side)!.push(value);
    }
  }
  return seconds;
}

async function turn<One extends Problem>(side: Side<One>, one: One): Promise<number> {
  await sleep(PAUSE_MS);
  const begun = performance.now();
  await side.iterate(one);
  const seconds: number[] = [];
  do seconds.push(await side.iterate(one));
  while (performance.now() - begun < TURN_SECONDS * 1000);
  return median(seconds);
}

/** Every side beside the fastest of ours in its own precision. */
export function raceTable<One extends Problem>(race: Race<One>, threads: number): string {
  const sides = [...race.keys()];
  const rows = (['float32', 'float64'] as const).flatMap((precision) => {
    const own = sides.filter((side) => side.precision === precision);
    const ours = bestOfOurs(own, race);
    return own.map((side) => [
      side.name,
      precision,
      String(threads),
      (median(race.get(side)!) * 1000).toFixed(0),
      ours === undefined || side === ours ? '' : against(race, side, ours),
    ]);
  });
  return table([['side', 'precision', 'threads', 'ms', 'beside ours in this precision'], ...rows]);
}

function bestOfOurs<One extends Problem>(sides: readonly Side<One>[], race: Race<One>): Side<One> | undefined {
  const ours = sides.filter(({ name }) => name.startsWith('mixtention'));
  return ours.sort((a, b) => median(race.get(a)!) - median(race.get(b)!))[0];
}

/** The two sides of a ratio come from the same round: clocks and neighbours change within minutes. */
function against<One extends Problem>(race: Race<One>, side: Side<One>, ours: Side<One>): string {
  const under = race.get(ours)!;
  const ratio = median(race.get(side)!.map((value, round) => value / under[round]!));
  return ratio >= 1 ? `ours is ${ratio.toFixed(2)} × faster` : `ours is ${(1 / ratio).toFixed(2)} × slower`;
}
