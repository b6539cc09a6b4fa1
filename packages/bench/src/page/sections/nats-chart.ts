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
  const text = { y: 'name', dy: -13, fill: ink.quiet } as const;
  // Only the last mixture, whose two lie farthest apart, says what its two dots are.
  const say = (value: number, row: Row, words: string): string =>
    decimal(value, 1) + (row === mixtures.at(-1) ? ` ${words}` : '');
  return chart('Nats per image of completions: every mixture exactly and pixel by pixel, and published bounds', {
    height: 66 + 36 * (mixtures.length + published.length),
    marginLeft: 108,
    marginTop: 20,
    x: { label: 'nats per image', labelAnchor: 'right', labelArrow: 'none', ticks: 5, grid: true, inset: 40 },
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
        text: (d: Row) => say(d.joint, d, 'exact'),
        fill: ink.model,
        fontWeight: 600,
      }),
      Plot.text(mixtures, { ...text, x: 'marginal', text: (d: Row) => say(d.marginal, d, 'by pixels') }),
      Plot.text(published, {
        ...text,
        x: 'value',
        text: (d: { value: number }) => decimal(d.value, 1),
        fill: ink.data,
      }),
    ],
  });
}
