import { count, type Html, markup, scientific } from '@mixtention/core/page';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Colors by what they stand for; the style sheet gives them a light and a dark value. */
export const ink: { readonly [name in 'data' | 'model' | 'adam' | 'descent' | 'quiet' | 'rule']: string } = {
  data: 'var(--ink)',
  model: 'var(--model)',
  adam: 'var(--adam)',
  descent: 'var(--descent)',
  quiet: 'var(--quiet)',
  rule: 'var(--rule)',
};

const SIZE = { width: 430, height: 310, marginTop: 28, marginRight: 24, marginBottom: 42, marginLeft: 52 };

/**
 * A chart drawn without a browser, as SVG to be put into the page: it shrinks with its column and takes its colors from the style sheet.
 *
 * @param label  what it shows, for those who cannot see it
 */
export function chart(label: string, options: Plot.PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const style = { fontFamily: 'inherit', fontSize: '12.5px', overflow: 'visible' };
  const svg = Plot.plot({ ...SIZE, style, ...options, document, ariaLabel: label });
  svg.setAttribute('role', 'img');
  return markup(tidy(svg.outerHTML));
}

/**
 * A logarithmic scale over a span, with ticks at powers of ten only.
 *
 * @param holdsLess  whether what is less than the least value is drawn at the least; its tick then says so
 */
export function logAxis([least, most]: readonly [number, number], holdsLess = false): Plot.ScaleOptions {
  const tickFormat = (value: number): string =>
    holdsLess && value < 2 * least ? `≤ ${powerOfTen(value)}` : powerOfTen(value);
  return { type: 'log', domain: [least, most], ticks: powersOfTen(least, most), tickFormat };
}

/** A scale of counts from 0, logarithmic in 1 + count: 0 has a place on it, which a logarithm has not. */
export function countAxis(most: number): Plot.ScaleOptions {
  return {
    type: 'symlog',
    constant: 1,
    domain: [0, most],
    ticks: [0, ...powersOfTen(1, most)],
    tickFormat: (value: number) => count(value),
  };
}

function powersOfTen(least: number, most: number): number[] {
  const from = Math.ceil(Math.log10(least) - 1e-9);
  const to = Math.floor(Math.log10(most) + 1e-9);
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

function powerOfTen(value: number): string {
  return value > 0.05 && value < 5000 ? String(Number(value.toPrecision(1))) : scientific(value);
}

/** Plot writes coordinates to 17 digits and a style sheet of its own into each drawing. */
function tidy(svg: string): string {
  return svg.replace(/<style>.*?<\/style>/s, '').replace(/(\d+\.\d\d)\d+/g, '$1');
}
