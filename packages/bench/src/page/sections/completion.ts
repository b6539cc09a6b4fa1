import type { CompletedDigit, CompletionResult, Results } from '../../main-job/results.ts';
import { count, decimal, duration, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { HALF, pictureImage } from '../picture.ts';
import { natsChart } from './nats-chart.ts';
import { responsibilityBars } from './responsibility-bars.ts';

const SHOWN_COMPONENTS = 3;

/** Unseen digits: the upper half is seen, the lower half predicted. */
export function completionSection({ completion, digits }: Results): Html {
  const { rows, components, seconds } = completion;
  return html`<section id="completion">
<h2>Half a digit is a query</h2>
<p>The upper half of an unseen digit asks ${components} components how well they explain it. The softmax of their answers weighs what each expects below. These are every ${count(rows / completion.examples.length)}th of ${count(rows)} unseen digits, none picked; all of them together took ${duration(seconds)}.</p>
<ol class="cards">${completion.examples.map(card)}</ol>
${summary(completion, digits.isStandard)}
</section>`;
}

function card(digit: CompletedDigit, n: number): Html {
  const { truth, completed, joint, marginal, top } = digit;
  return html`<li class="card">
<div class="pair">
<figure><div class="digit">${pictureImage(completed, { by: 'data', label: `upper half of digit ${n + 1}`, lines: [0, HALF] })}${pictureImage(completed, { by: 'model', label: 'its lower half as predicted', lines: [HALF, 2 * HALF] })}</div><figcaption>completed</figcaption></figure>
<figure><div class="digit">${pictureImage(truth, { by: 'data', label: `digit ${n + 1} in truth` })}</div><figcaption>truth</figcaption></figure>
</div>
${responsibilityBars(top.slice(0, SHOWN_COMPONENTS))}
<p class="nats"><b>${decimal(joint, 0)} nats</b>, by pixels ${decimal(marginal, 0)}</p>
</li>`;
}

function summary(completion: CompletionResult, isStandard: boolean): Html {
  const { components, joint, marginal, pixelAccuracy } = completion;
  return html`<div class="split">
<div>
<h3>What the lower half costs, given the upper</h3>
<p>Attention’s output is a mean, and pixels drawn from a mean one by one forget that strokes hang together: ${decimal(marginal)} nats per image with ${components} components. The mixture behind the same weights knows: <strong>${decimal(joint)} nats</strong>, exact. Rounded, the mean gets ${percent(pixelAccuracy)} of the hidden pixels right.</p>
${isStandard ? html`<p class="remark">Published values are sampled bounds of stochastic networks with up to 1,000 samples (Jang, Gu &amp; Poole 2017, table 1), on the same split; ours are exact. A mixture is the simpler model and it shows.</p>` : html`<p class="remark">These digits are not the standard static binarisation, so no published value compares with theirs. “npm run data:download” fetches the standard files.</p>`}
</div>
${natsChart(completion)}
</div>`;
}
