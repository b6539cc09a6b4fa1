import type { Ask, RowPart, Tree } from '../contracts/index.ts';
import { cellOf, fillCell } from './cell.ts';
import type { Asked, Job } from './protocol.ts';

/** What a pass is made of, beside its message and its rows. */
export type Work = Pick<Job, 'backend' | 'precision' | 'algorithm' | 'spec' | 'data' | 'tiles'>;

/** A job that a pass has for itself, until nobody works on it. */
export type Lent = {
  readonly job: Job;
  /** The number of the pass in it */
  readonly pass: number;
  /** The pass is over. */
  giveBack(): void;
  /** No worker has to do with it any more. @param isSound  whether it may be used again */
  rest(isSound: boolean): void;
};

type Entry = {
  readonly job: Job;
  readonly takesAll: boolean;
  passes: number;
  isLent: boolean;
  /** Null as long as a worker has to do with it */
  isSound: boolean | null;
  /** Who waits for that */
  wake: () => void;
};

/** Jobs whose last pass was not long ago: workers that know them are told nothing new but numbers in shared memory. */
const KEPT = 4;

/**
 * Jobs by what passes have in common. A pass gets one that nobody has, with its message and rows in it: an old one where all that it names is the same, and
 * where these have the same form, as minibatches have.
 *
 * @param workers  among whom the pieces are shared out, at most
 */
export function jobBook(): {
  lend(
    work: Work,
    ask: Pick<Ask, 'message' | 'rows'>,
    among: { readonly pieces: number; readonly workers: number },
  ): Lent | Promise<Lent>;
} {
  let entries: readonly Entry[] = [];
  let given = 0;
  const lent = (entry: Entry): Lent => {
    entry.isLent = true;
    entry.isSound = null;
    entry.wake = () => {};
    entry.passes++;
    entries = [entry, ...entries.filter((other) => other !== entry)].slice(0, KEPT);
    return {
      job: entry.job,
      pass: entry.passes,
      giveBack() {
        entry.isLent = false;
      },
      rest(isSound) {
        entry.isSound = isSound;
        entry.wake();
      },
    };
  };
  return {
    lend(work, { message, rows = null }, { pieces, workers }) {
      const asked: Asked & Tree = { message, rows: rows as (readonly RowPart[] & Tree) | null };
      const takesAll = rows === null;
      const known = entries.find(
        (entry) => !entry.isLent && entry.takesAll === takesAll && isSame(entry.job, work, pieces),
      );
      const make = (): Lent => {
        const words = new Int32Array(new SharedArrayBuffer(4 * (2 + pieces + workers)));
        const job: Job = {
          ...work,
          number: ++given,
          asked: cellOf(0, asked, true),
          flag: words.subarray(0, 1),
          left: words.subarray(1, 2).fill(pieces),
          owners: words.subarray(2, 2 + pieces),
          begun: words.subarray(2 + pieces).fill(-1),
          begunAt: new BigInt64Array(new SharedArrayBuffer(8 * workers)),
        };
        return lent({ job, takesAll, passes: 0, isLent: true, isSound: null, wake: () => {} });
      };
      if (known === undefined) return make();
      const { job } = known;
      const again = (): Lent => {
        const isFree = known.isSound === true && Atomics.load(job.flag, 0) === 0;
        if (isFree && job.begun.length === workers && fillCell(job.asked, asked, true)) {
          job.left[0] = pieces;
          job.owners.fill(0);
          job.begun.fill(-1);
          return lent(known);
        }
        entries = entries.filter((entry) => entry !== known);
        return make();
      };
      // Nobody else may have it meanwhile.
      known.isLent = true;
      if (known.isSound !== null) return again();
      return new Promise((resolve) => {
        known.wake = () => resolve(again());
      });
    },
  };
}

function isSame(job: Job, work: Work, pieces: number): boolean {
  return (
    job.algorithm === work.algorithm &&
    job.data.id === work.data.id &&
    job.precision === work.precision &&
    job.tiles === work.tiles &&
    job.owners.length === pieces
  );
}
