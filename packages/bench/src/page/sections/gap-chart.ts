import * as Plot from '@observablehq/plot';
import type { Comparison, Contender, TraceMark } from '../../main-job/results.ts';
import { chart, ink, logAxis } from '../chart.ts';
import type { Html } from '../html.ts';

export type GapOptions = {
  readonly by: 'steps' | 'seconds';
  /** Label of the gap. */
  readonly unit: string;
  /** Gaps below are not drawn. */
  readonly floor: number;
};

const colors: Readonly<Record<Contender['name'], string>> = {
  EM: ink.model,
  Adam: ink.adam,
  'gradient descent': ink.descent,
};

/** How far every contender still is from the best log-likelihood known, on logarithmic axes; each line ends in its name. */
export function gapChart({ contenders }: Comparison, { by, unit, floor }: GapOptions): Html {
  const x = (mark: TraceMark): number => (by === 'steps' ? mark.iteration + 1 : mark.seconds);
  const lines = contenders.map((one) => ({ ...one, marks: one.trace.filter(({ gap }) => gap > floor) }));
  const unitX = by === 'steps' ? 'steps' : 'seconds';
  return chart(
    `Gap to the best log-likelihood against ${unitX}, for ${contenders.map(({ name }) => name).join(', ')}`,
    {
      x: { ...logAxis(unitX), labelAnchor: 'right', grid: false },
      y: {
        ...logAxis(unit),
        grid: true,
        domain: [floor, Math.max(...lines.flatMap(({ marks }) => marks.map(({ gap }) => gap)))],
      },
      marks: lines.flatMap(({ name, marks }) => [
        Plot.line(marks, {
          x,
          y: 'gap',
          stroke: colors[name],
          strokeWidth: 2.2,
          strokeLinejoin: 'round',
          strokeLinecap: 'round',
        }),
        Plot.dot(marks.slice(-1), { x, y: 'gap', fill: colors[name], r: 3.5 }),
        Plot.text(marks.slice(-1), {
          x,
          y: 'gap',
          text: () => name,
          fill: colors[name],
          fontWeight: 600,
          textAnchor: 'end',
          dx: -8,
          dy: 6,
        }),
      ]),
    },
  );
}
