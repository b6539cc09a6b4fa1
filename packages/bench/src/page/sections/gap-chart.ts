import * as Plot from '@observablehq/plot';
import type { Comparison, Contender, TraceMark } from '../../main-job/results.ts';
import { chart, countAxis, ink, logAxis } from '../chart.ts';
import type { Html } from '../html.ts';

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

const axes: Readonly<Record<GapOptions['by'], (span: [number, number]) => Plot.ScaleOptions>> = {
  steps: ([, most]) => countAxis(most),
  milliseconds: (span) => logAxis(span),
  seconds: () => ({ nice: true, ticks: 6 }),
};

/** How far every contender still is from the best log-likelihood known, up to the end of its run; seconds on a linear axis, all else on logarithmic ones. */
export function gapChart({ contenders }: Comparison, { by, unit, floor, names }: GapOptions): Html {
  const x = places[by];
  const all = contenders.flatMap(({ trace }) => trace);
  const span = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const holdsLess = all.some(({ gap }) => gap < floor);
  const label = { labelAnchor: 'right', labelArrow: 'none', label: by } as const;
  return chart(`Gap to the best log-likelihood against ${by}, for ${contenders.map(({ name }) => name).join(', ')}`, {
    x: { ...label, ...axes[by](span(all.map(x))) },
    y: {
      ...logAxis([floor, span(all.map(({ gap }) => gap))[1]], holdsLess),
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
