import { count, duration, type Html, scientific } from '@mixtention/core/page';
import * as Plot from '@observablehq/plot';
import type { Comparison, Contender, TraceMark } from '../../main-job/results.ts';
import { chart, countAxis, ink, logAxis } from '../chart.ts';

export type GapOptions = {
  readonly by: 'steps' | 'milliseconds' | 'seconds';
  /** Label of the gap. */
  readonly unit: string;
  /** Smaller gaps, and none at all, are drawn here: a run goes on to its end. */
  readonly floor: number;
  /** The gap beside which each line has its name. */
  readonly names: Readonly<Partial<Record<Contender['name'], number>>>;
};

const colors: Readonly<Record<Contender['name'], string>> = {
  EM: ink.model,
  Adam: ink.adam,
  'gradient descent': ink.descent,
};

const places: Readonly<Record<GapOptions['by'], (mark: TraceMark) => number>> = {
  steps: ({ iteration }) => iteration,
  milliseconds: ({ seconds }) => 1000 * seconds,
  seconds: ({ seconds }) => seconds,
};

/** Time is linear from 0: what lasts twice as long is twice as wide. */
const axes: Readonly<Record<GapOptions['by'], (most: number) => Plot.ScaleOptions>> = {
  steps: countAxis,
  milliseconds: timeAxis,
  seconds: timeAxis,
};

function timeAxis(most: number): Plot.ScaleOptions {
  return { domain: [0, most], nice: true, ticks: 6 };
}

/** How far every contender still is from the best log-likelihood known, up to the end of its run; time on a linear axis, all else on logarithmic ones. */
export function gapChart({ contenders }: Comparison, { by, unit, floor, names }: GapOptions): Html {
  const x = places[by];
  const all = contenders.flatMap(({ trace }) => trace);
  const holdsLess = all.some(({ gap }) => gap < floor);
  const label = { labelAnchor: 'right', labelArrow: 'none', label: by } as const;
  return chart(spoken(contenders, by), {
    x: { ...label, ...axes[by](Math.max(...all.map(x))) },
    y: {
      ...logAxis([floor, Math.max(...all.map(({ gap }) => gap))], holdsLess),
      label: unit,
      labelArrow: 'none',
      grid: true,
    },
    marks: contenders.flatMap(({ name, trace }) => {
      const marks = trace.map((mark) => ({ ...mark, gap: Math.max(floor, mark.gap) }));
      const beside = marks.filter(({ gap }) => gap <= (names[name] ?? floor)).slice(0, 1);
      const color = colors[name];
      return [
        Plot.line(marks, { x, y: 'gap', stroke: color, strokeWidth: 2.2, strokeLinejoin: 'round' }),
        Plot.dot(marks.slice(-1), { x, y: 'gap', fill: color, r: 3.5 }),
        Plot.text(beside, {
          x,
          y: 'gap',
          text: () => name,
          fill: color,
          fontWeight: 600,
          textAnchor: 'start',
          dx: 8,
          dy: -7,
        }),
      ];
    }),
  });
}

/** The chart in words: where each run ended. */
function spoken(contenders: readonly Contender[], by: GapOptions['by']): string {
  const ends = contenders.map(({ name, iterations, seconds, trace }) => {
    const gap = Math.max(0, trace.at(-1)!.gap);
    return `${name} ends after ${by === 'steps' ? `${count(iterations)} steps` : duration(seconds)}, ${scientific(gap)} nats short`;
  });
  return `Gap to the best log-likelihood against ${by}. ${ends.join('; ')}`;
}
