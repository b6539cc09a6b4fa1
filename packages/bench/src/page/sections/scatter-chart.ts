import { type Html, percent } from '@mixtention/core/page';
import * as Plot from '@observablehq/plot';
import type { FaithfulResult } from '../../main-job/results.ts';
import { chart, ink } from '../chart.ts';

type FittedComponent = FaithfulResult['components'][number];
type Point = readonly [x: number, y: number];

const POINTS = 90;

/** Old Faithful's eruptions and, in the model's color, one and two standard deviations of the fitted components. */
export function scatterChart({ rows, components }: Pick<FaithfulResult, 'rows' | 'components'>): Html {
  const outlines = components.flatMap((component) => [ellipse(component, 1), ellipse(component, 2)]);
  const tops = components.map((component) => {
    const outline = ellipse(component, 2);
    return { at: outline.reduce((a, b) => (b[1] > a[1] ? b : a)), weight: component.weight };
  });
  return chart(
    `Eruptions of Old Faithful with ${components.length} fitted components as ellipses of one and two standard deviations`,
    {
      x: { domain: [1.3, 5.6], label: 'minutes of eruption', labelArrow: 'none', labelAnchor: 'right', ticks: 5 },
      y: { domain: [38, 100], label: 'minutes to the next', labelArrow: 'none', grid: true, ticks: 5 },
      marks: [
        Plot.dot(rows as Point[], { x: '0', y: '1', r: 2.2, fill: ink.data, fillOpacity: 0.55 }),
        ...outlines.map((outline, i) =>
          Plot.line(outline, {
            x: '0',
            y: '1',
            stroke: ink.model,
            strokeWidth: i % 2 ? 1.4 : 2.4,
            fill: ink.model,
            fillOpacity: 0.06,
          }),
        ),
        Plot.text(tops, {
          x: ({ at }) => at[0],
          y: ({ at }) => at[1],
          text: ({ weight }) => percent(weight),
          dy: -11,
          fill: ink.model,
          fontWeight: 600,
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    },
  );
}

/** The points at so many standard deviations: mean + radius · L u for unit vectors u, with L Lᵀ the covariance. */
function ellipse({ mean, covariance }: FittedComponent, radius: number): Point[] {
  const [a, b, , c] = covariance as [number, number, number, number];
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(c - l21 * l21);
  return Array.from({ length: POINTS + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / POINTS;
    const [u, v] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return [mean[0]! + l11 * u, mean[1]! + l21 * u + l22 * v] as const;
  });
}
