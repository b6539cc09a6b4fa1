import { inline } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { readMatrix } from '@mixtention/files';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { type Figure, figureTable } from '../speed/table.ts';

const COMPONENTS = 6;
const FULL_STARTS = 10;
/** Of the time of so many starts that are run to the end, at most. */
const MOST_SHARE = 0.25;
/** Optima that differ by no more are one (nats). */
const SAME = 0.1;

/**
 * Default fits of a table, their short runs included, beside ten starts that are run to their ends, seed by seed and by turns on one backend: CPU seconds, which the load of a
 * machine changes less than those of the clock.
 */
export async function compareScreening(
  file: string,
  {
    backends,
    seeds,
    signal,
  }: {
    readonly backends: readonly ('plain' | 'native')[];
    readonly seeds: readonly number[];
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const x = await readMatrix(file);
  const figures: Figure[] = [];
  for (const backend of backends) {
    const executor = inline(await loadBackend(backend));
    const shares: number[] = [];
    const reached: { readonly own: number; readonly all: number }[] = [];
    try {
      for (const seed of seeds) {
        const options = { components: COMPONENTS, seed, executor, signal };
        const own = await timed(() => fit(x, options));
        const all = await timed(() => fit(x, { ...options, screen: 0, restarts: FULL_STARTS }));
        shares.push(own.seconds / all.seconds);
        reached.push({ own: own.logLikelihood, all: all.logLikelihood });
        console.log(`${backend}, seed ${seed}: default ${shown(own)}; ${FULL_STARTS} full starts ${shown(all)}`);
      }
    } finally {
      await executor.close();
    }
    const [own, all] = (['own', 'all'] as const).map((which) => median(reached.map((fits) => fits[which])));
    figures.push(
      {
        name: `${backend}: time of a default fit over that of ${FULL_STARTS} full starts, median`,
        value: median(shares).toFixed(3),
        target: `≤ ${MOST_SHARE}`,
        met: median(shares) <= MOST_SHARE,
      },
      {
        name: `${backend}: log-likelihood of default fits, median`,
        value: own!.toFixed(2),
        target: `${all!.toFixed(2)}, of ${FULL_STARTS} full starts`,
        met: own! >= all! - SAME,
      },
    );
  }
  console.log(`\n${figureTable(figures)}`);
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
}

type Timed = { readonly seconds: number; readonly logLikelihood: number };

function shown({ seconds, logLikelihood }: Timed): string {
  return `${seconds.toFixed(2)} s, ${logLikelihood.toFixed(2)}`;
}

async function timed(work: () => Promise<{ readonly logLikelihood: number }>): Promise<Timed> {
  const spent = stopwatch();
  const { logLikelihood } = await work();
  return { seconds: spent().cpuSeconds, logLikelihood };
}
