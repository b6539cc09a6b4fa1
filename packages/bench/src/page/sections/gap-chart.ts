import * as Plot from '@observablehq/plot';
import type { Comparison, Contender, TraceMark } from '../../main-job/results.ts';
import { chart, ink, logAxis } from '../chart.ts';
import type { Html } from '../html.ts';

export type GapOptions = {
  readonly by: 'steps' | 'milliseconds' | 'seconds';
  /** Label of the gap. */
  readonly unit: string;
  /** Gaps below are not drawn. */
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
  steps: ({ iteration }) => iteration + 1,
  milliseconds: ({ seconds }) => 1000 * seconds,
  seconds: ({ seconds }) => seconds,
};

/** How far every contender still is from the best log-likelihood known; seconds on a linear axis, all else on logarithmic ones. */
export function gapChart({ contenders }: Comparison, { by, unit, floor, names }: GapOptions): Html {
  const x = places[by];
  const lines = contenders.map(({ name, trace }) => ({ name, marks: trace.filter(({ gap }) => gap > floor) }));
  const all = lines.flatMap(({ marks }) => marks);
  const span = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const label = { labelAnchor: 'right', labelArrow: 'none', label: by } as const;
  return chart(`Gap to the best log-likelihood against ${by}, for ${contenders.map(({ name }) => name).join(', ')}`, {
    x: by === 'seconds' ? { ...label, nice: true, ticks: 6 } : { ...label, ...logAxis(span(all.map(x))) },
    y: { ...logAxis([floor, span(all.map(({ gap }) => gap))[1]]), label: unit, labelArrow: 'none', grid: true },
    marks: lines.flatMap(({ name, marks }) => {
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
