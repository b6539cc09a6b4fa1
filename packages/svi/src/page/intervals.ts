import { type Html, html } from '@mixtention/core/page';
import type { Scale } from './axis.ts';
import type { Told } from './numbers-of.ts';

/** 95 % of the probability as a thin line, 50 % as a thick one, the median as a dot; of what a guide says in gray, with a hollow one. */
export function interval({ quantiles }: Told, { at }: Scale, y: number, isGuide: boolean): Html {
  const [low, lower, middle, upper, high] = quantiles.map(at) as [number, number, number, number, number];
  return html`<g class="${isGuide ? 'guide' : 'told'}"><line class="thin" x1="${low}" x2="${high}" y1="${y}" y2="${y}"/><line class="thick" x1="${lower}" x2="${upper}" y1="${y}" y2="${y}"/><circle cx="${middle}" cy="${y}" r="3.4"/></g>`;
}
