import { decimal, type Html } from '@mixtention/core/page';
import * as Plot from '@observablehq/plot';
import type { CompletionResult } from '../../main-job/results.ts';
import { chart, ink } from '../chart.ts';

type Row = { readonly name: string; readonly joint: number; readonly marginal: number };

/** Between the ticks of the axis, nats. */
const STEP = 10;
/** Nats between the outermost values and the ends of the axis: room for what is written above them. */
const ROOM = 4;

/** Nats per image of every mixture, as one and pixel by pixel, above those that others published. The axis has a tick at each of its ends. */
export function natsChart({ components, joint, marginal, others, published }: CompletionResult): Html {
  const mixtures: Row[] = [{ components, joint, marginal }, ...others]
    .sort((a, b) => a.components - b.components)
    .map((one) => ({ ...one, name: `K = ${one.components}` }));
  const text = { y: 'name', dy: -13, fill: ink.quiet } as const;
  // Only the last mixture, whose two lie farthest apart, says what its two dots are.
  const say = (value: number, row: Row, words: string): string =>
    decimal(value, 1) + (row === mixtures.at(-1) ? ` ${words}` : '');
  return chart(spoken(mixtures, published), {
    height: 66 + 38 * (mixtures.length + published.length),
    marginLeft: 108,
    marginTop: 20,
    x: {
      ...axis([...mixtures.flatMap((one) => [one.joint, one.marginal]), ...published.map(({ value }) => value)]),
      label: 'nats per image, fewer are better',
      labelAnchor: 'right',
      labelArrow: 'none',
      grid: true,
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
        text: (d: Row) => say(d.joint, d, 'jointly'),
        fill: ink.model,
        fontWeight: 600,
      }),
      Plot.text(mixtures, { ...text, x: 'marginal', text: (d: Row) => say(d.marginal, d, 'pixel by pixel') }),
      Plot.text(published, {
        ...text,
        x: 'value',
        text: (d: { value: number }) => decimal(d.value, 1),
        fill: ink.data,
      }),
    ],
  });
}

/** Whole steps around all values, each with a tick. */
function axis(values: readonly number[]): Plot.ScaleOptions {
  const from = Math.floor((Math.min(...values) - ROOM) / STEP);
  const to = Math.ceil((Math.max(...values) + ROOM) / STEP);
  return {
    domain: [from * STEP, to * STEP],
    ticks: Array.from({ length: to - from + 1 }, (_, i) => (from + i) * STEP),
  };
}

/** The chart in words. */
function spoken(mixtures: readonly Row[], published: CompletionResult['published']): string {
  const own = mixtures.map(
    (one) => `${one.name}: ${decimal(one.joint, 1)} jointly, ${decimal(one.marginal, 1)} pixel by pixel`,
  );
  const theirs = published.map(({ name, value }) => `${name}, published: ${decimal(value, 1)}`);
  return `Nats per image of completions. ${[...own, ...theirs].join('; ')}`;
}
