import type { Results } from '../../main-job/results.ts';
import { count, duration } from '../format.ts';
import { type Html, html } from '../html.ts';

/** What this is, what was done, and on which machine. */
export function header({ digits, seconds, machine, madeAt }: Results): Html {
  const facts: readonly (readonly [string, string])[] = [
    ['Machine', `${machine.cpu}, ${machine.cores} cores, ${machine.platform}`],
    ['Backend', `${machine.backend}, ${machine.workers} worker threads, Node ${machine.node.replace('v', '')}`],
    ['Digits', `${digits.name}: ${count(digits.train)} to learn from, ${count(digits.test)} unseen`],
    ['Made', `${madeAt.slice(0, 16).replace('T', ' ')} UTC, in ${duration(seconds)}`],
  ];
  return html`<header>
<p class="name">mixtention</p>
<h1>A mixture model is an attention head</h1>
<p class="lede">Its responsibilities are attention weights: scores, softmax, weighted sum. So one kernel clusters ${count(digits.train)} handwritten digits by EM, completes ${count(digits.test)} unseen ones by attention, and hands out the gradient when the same mixture is trained by Adam instead.</p>
<p class="key"><span class="swatch data"></span>Ink is data. <span class="swatch model"></span>Blue is what a model says.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}
