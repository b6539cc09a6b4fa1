import * as Plot from '@observablehq/plot';
import type { CompletionResult } from '../../main-job/results.ts';
import { chart, ink } from '../chart.ts';
import { decimal } from '../format.ts';
import type { Html } from '../html.ts';

type Row = { readonly name: string; readonly joint: number; readonly marginal: number };

/** Nats per image of every mixture, as one and pixel by pixel, above those that others published. */
export function natsChart({ components, joint, marginal, others, published }: CompletionResult): Html {
  const mixtures: Row[] = [{ components, joint, marginal }, ...others]
    .sort((a, b) => a.components - b.components)
    .map((one) => ({ ...one, name: `K = ${one.components}` }));
  const text = { fill: ink.quiet, dy: -13, lineHeight: 1 };
  return chart('Nats per image of completions: every mixture exactly and pixel by pixel, and published bounds', {
    height: 60 + 34 * (mixtures.length + published.length),
    marginLeft: 104,
    marginTop: 26,
    x: {
      label: 'nats per image',
      labelAnchor: 'right',
      labelArrow: 'none',
      nice: true,
      ticks: 5,
      grid: true,
      inset: 14,
    },
    y: { type: 'band', domain: [...mixtures, ...published].map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.link(mixtures, {
        x1: 'joint',
        x2: 'marginal',
        y: 'name',
        stroke: ink.model,
        strokeOpacity: 0.4,
        strokeWidth: 2,
      }),
      Plot.dot(mixtures, {
        x: 'marginal',
        y: 'name',
        r: 4.5,
        stroke: ink.model,
        fill: 'var(--paper)',
        strokeWidth: 1.6,
      }),
      Plot.dot(mixtures, { x: 'joint', y: 'name', r: 5, fill: ink.model }),
      Plot.dot(published, { x: 'value', y: 'name', r: 4.5, fill: ink.data }),
      Plot.text(mixtures, {
        ...text,
        x: 'joint',
        y: 'name',
        text: (d: Row) => decimal(d.joint, 1),
        fill: ink.model,
        fontWeight: 600,
      }),
      Plot.text(mixtures, { ...text, x: 'marginal', y: 'name', text: (d: Row) => decimal(d.marginal, 1) }),
      Plot.text(mixtures.slice(0, 1), { ...text, x: 'joint', y: 'name', text: () => 'exact', dy: 15, fill: ink.model }),
      Plot.text(mixtures.slice(0, 1), { ...text, x: 'marginal', y: 'name', text: () => 'pixel by pixel', dy: 15 }),
      Plot.text(published, {
        ...text,
        x: 'value',
        y: 'name',
        text: (d: { value: number }) => decimal(d.value, 1),
        fill: ink.data,
      }),
    ],
  });
}
