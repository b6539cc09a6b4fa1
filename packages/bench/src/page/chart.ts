import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { scientific } from './format.ts';
import { type Html, markup } from './html.ts';

/** Colors by what they stand for; the style sheet gives them a light and a dark value. */
export const ink: { readonly [name in 'data' | 'model' | 'adam' | 'descent' | 'quiet' | 'rule']: string } = {
  data: 'var(--ink)',
  model: 'var(--model)',
  adam: 'var(--adam)',
  descent: 'var(--descent)',
  quiet: 'var(--quiet)',
  rule: 'var(--rule)',
};

const SIZE = { width: 460, height: 320, marginTop: 28, marginRight: 24, marginBottom: 42, marginLeft: 52 };

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

/** Options of a logarithmic axis that is labelled at powers of ten only. */
export function logAxis(label: string): Plot.ScaleOptions {
  return { type: 'log', label, tickFormat: powersOfTen, labelArrow: 'none' };
}

function powersOfTen(value: number): string {
  if (!Number.isInteger(Math.log10(value)) && Math.abs(Math.log10(value) - Math.round(Math.log10(value))) > 1e-9)
    return '';
  return value >= 1 && value <= 1000 ? String(Math.round(value)) : scientific(value);
}

/** Plot writes coordinates to 17 digits and a style sheet of its own into each drawing. */
function tidy(svg: string): string {
  return svg.replace(/<style>.*?<\/style>/s, '').replace(/(\d+\.\d\d)\d+/g, '$1');
}
