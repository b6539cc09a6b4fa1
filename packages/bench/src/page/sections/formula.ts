import { type Html, html } from '@mixtention/core/page';

const k = html`<sub>k</sub>`;

/** The two lines that attention and Bayes' theorem share, and what their words are for digits. */
export function formula(logitScale: number): Html {
  const isBayes = logitScale === 1;
  const scores = html`query · key${k} + bias${k}`;
  const posterior = html`p(component <i>k</i> | seen pixels)`;
  const weights = isBayes
    ? html`softmax${k}(${scores}) = ${posterior}`
    : html`softmax${k}[${logitScale} (${scores})] ∝ ${posterior}<sup>${logitScale}</sup>`;
  const answer = html`Σ${k} weight${k} value${k}${isBayes ? ' = E[hidden pixels | seen pixels]' : null}`;
  return html`<figure class="formula">
<div class="lines"><p>weight${k} = ${weights}</p><p>answer = ${answer}</p></div>
<dl class="symbols">
<div><dt>query</dt><dd>the seen pixels: 1 where there is ink, 0 where there is none</dd></div>
<div><dt>key${k}</dt><dd>log-odds of ink in those pixels under component <i>k</i>: <span class="math">log θ/(1 − θ)</span></dd></div>
<div><dt>bias${k}</dt><dd>log of its weight, and what blank pixels cost it: <span class="math">log π + Σ log(1 − θ)</span></dd></div>
<div><dt>value${k}</dt><dd>its chances of ink in the hidden pixels: <span class="math">θ</span></dd></div>
</dl>
<figcaption>${
    isBayes
      ? 'Read up to the second equals sign it is an attention head; after it, Bayes’ theorem for a mixture. They are the same numbers, nothing is approximated.'
      : `Scores are multiplied by the logit scale ${logitScale}, so the weights are a power of those of Bayes’ theorem (which is logit scale 1): less sure of themselves below 1, surer above.`
  }</figcaption>
</figure>`;
}
