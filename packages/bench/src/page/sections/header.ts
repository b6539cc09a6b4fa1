import { count, decimal, duration, type Html, html } from '@mixtention/core/page';
import type { CompletedDigit, Results } from '../../main-job/results.ts';
import { HALF, pictureImage } from '../picture.ts';
import { formula } from './formula.ts';
import { responsibilityBars } from './responsibility-bars.ts';

const BARS = 5;

/** What this is, one digit as an example of it, what was done, and on which machine. */
export function header({ digits, completion, seconds, machine, madeAt }: Results): Html {
  const load =
    machine.loadAverage > machine.cores ? `; busy with other work (load ${decimal(machine.loadAverage, 1)})` : '';
  const facts: readonly (readonly [string, string])[] = [
    ['Machine', `${machine.cpu}, ${machine.cores} cores, ${machine.platform}${load}`],
    ['Backend', `${machine.backend}, ${machine.workers} worker threads, Node ${machine.node.replace('v', '')}`],
    ['Digits', `${digits.name}: ${count(digits.train)} to learn from, ${count(digits.test)} unseen`],
    ['Made', `${madeAt.slice(0, 16).replace('T', ' ')} UTC, in ${duration(seconds)}`],
  ];
  return html`<header>
<p class="name">mixtention</p>
<h1>A mixture model is an attention head</h1>
<p class="lede">A mixture explains data by components; how much each explains is an attention weight: scores, softmax, weighted sum. So one kernel clusters ${count(digits.train)} handwritten digits by EM, completes ${count(digits.test)} unseen ones by attention, and hands out the gradient when the same mixture is trained by Adam instead.</p>
${hero(completion.examples)}
<p class="key"><span class="swatch data"></span>Ink is data. <span class="swatch model"></span>Blue is what a model says.</p>
${formula(completion.logitScale)}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

/** One of the digits below, from query to answer. */
function hero(examples: readonly CompletedDigit[]): Html {
  const { completed, truth, top } = mostTelling(examples);
  const seen = pictureImage(completed, { by: 'data', label: 'upper half of a digit', lines: [0, HALF] });
  const answer = pictureImage(completed, {
    by: 'model',
    label: 'its lower half as predicted',
    lines: [HALF, 2 * HALF],
  });
  return html`<div class="hero">
<figure><div class="digit">${seen}</div><figcaption><b>Query</b>what is seen</figcaption></figure>
<figure class="weights">${responsibilityBars(top.slice(0, BARS))}<figcaption><b>Weights</b>components that explain it</figcaption></figure>
<figure><div class="digit">${seen}${answer}</div><figcaption><b>Answer</b>what they expect</figcaption></figure>
<figure><div class="digit">${pictureImage(truth, { by: 'data', label: 'the whole digit in truth' })}</div><figcaption><b>Truth</b>never shown to it</figcaption></figure>
</div>`;
}

/** The digit that most components share, of the half that is completed best. */
function mostTelling(examples: readonly CompletedDigit[]): CompletedDigit {
  const best = [...examples].sort((a, b) => b.overlap - a.overlap).slice(0, Math.ceil(examples.length / 2));
  return best.reduce((a, b) => (b.effectiveComponents > a.effectiveComponents ? b : a));
}
