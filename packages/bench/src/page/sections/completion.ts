import { count, decimal, duration, type Html, html, percent } from '@mixtention/core/page';
import type { CompletedDigit, CompletionResult, Results } from '../../main-job/results.ts';
import { HALF, pictureImage } from '../picture.ts';
import { table } from '../table.ts';
import { natsChart } from './nats-chart.ts';
import { responsibilityBars } from './responsibility-bars.ts';

const SHOWN_COMPONENTS = 3;

/** Unseen digits: the upper half is seen, the lower half predicted. */
export function completionSection({ completion, digits }: Results): Html {
  const { rows, components, seconds } = completion;
  return html`<section id="completion">
<h2>Half a digit is a query</h2>
<p>The upper half of an unseen digit asks ${components} components how well they explain it. The softmax of their answers weighs what each expects below. These are every ${count(rows / completion.examples.length)}th of ${count(rows)} unseen digits, none picked; all of them together took ${duration(seconds)}.</p>
<dl class="words">
<div><dt>Component</dt><dd>One of the ${components} prototypes that EM made of the training digits: a chance of ink for every pixel. All are drawn below.</dd></div>
<div><dt>Nat</dt><dd>Unit of surprise, −log p with the natural logarithm, 1.44 bits. One nat less: what came was held 2.7 times as likely. Fewer are better.</dd></div>
<div><dt>Jointly, pixel by pixel</dt><dd>The surprise at the hidden half as one picture, or summed over its pixels as if each had been drawn by itself from the blue mean.</dd></div>
</dl>
<p><a href="digit.html">Try it on these digits</a>: show another part, draw your own, read them more or less sharply, and see which component says what. It is the page digit.html, in the same folder.</p>
<ol class="cards">${completion.examples.map(card)}</ol>
${misses(completion)}
${summary(completion, digits.isStandard)}
</section>`;
}

function card(digit: CompletedDigit, n: number): Html {
  const { truth, completed, joint, marginal, top, missed } = digit;
  return html`<li class="card">
<div class="pair">
<figure><div class="digit">${pictureImage(completed, { by: 'data', label: `upper half of digit ${n + 1}`, lines: [0, HALF] })}${pictureImage(completed, { by: 'model', label: 'its lower half as predicted', lines: [HALF, 2 * HALF] })}</div><figcaption>completed</figcaption></figure>
<figure><div class="digit">${pictureImage(truth, { by: 'data', label: `digit ${n + 1} in truth` })}</div><figcaption>truth</figcaption></figure>
</div>
${responsibilityBars(top.slice(0, SHOWN_COMPONENTS))}
<p class="nats"><b>${decimal(joint, 0)} nats</b> jointly<br>${decimal(marginal, 0)} pixel by pixel</p>
${missed ? html`<p class="miss">Sure, and wrong</p>` : null}
</li>`;
}

/** What to make of digits whose weights were sure of the wrong component, and what taking the scores less seriously does. */
function misses({ sure, sharpness, rows, components, logitScale }: CompletionResult): Html {
  const columns = [
    { name: 'logit scale' },
    { name: 'nats jointly', isNumber: true },
    { name: 'nats pixel by pixel', isNumber: true },
    { name: 'components that share a digit', isNumber: true },
  ];
  const name = (T: number): Html => {
    const words = `${T}${T === 1 ? ', Bayes' : ''}`;
    return T === logitScale
      ? html`<b class="model">${words}</b><span class="quiet"> as${'\u00a0'}shown</span>`
      : html`<span>${words}</span>`;
  };
  return html`<div class="split">
<div>
<h3>Sure, and wrong</h3>
<p>${percent(sure.rows / rows)} of the upper halves give one component ${percent(sure.atLeast)} of the weight or more. In ${percent(sure.missed / Math.max(1, sure.rows))} of those the hidden half then is ${count(odds(sure.nats))} times as likely under other components, or more; such digits are marked above. A component takes its pixels to be independent, so it counts the 392 that it sees as 392 pieces of evidence, though they are a few strokes: weights are surer than they should be.</p>
<p>A logit scale below 1 multiplies all scores by less, and shares the weight out. <code>npm start -- --logit-scale 0.1</code> draws this page with it, <code>--components 50</code> with another number of components. The best value is to be chosen on digits kept back for that, not on these.</p>
</div>
${table(columns, [{ name: `By logit scale, K = ${components}`, rows: sharpness.map((one) => [name(one.logitScale), decimal(one.joint), decimal(one.marginal), decimal(one.effectiveComponents, 1)]) }])}
</div>`;
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

/** What nats are as a ratio of probabilities, to two digits. */
function odds(nats: number): number {
  return Number(Math.exp(nats).toPrecision(2));
}
