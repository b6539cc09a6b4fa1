import { type Html, html, markup } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';
import { completionStyle } from './completion-style.ts';
import { LEAST, MOST } from './scale-view.ts';

/**
 * Bayes for a row, live: one HTML file that opens offline, with the model, the rows, style and kernel in it.
 *
 * Pictures are painted with what is seen; rows that are no pictures are tables. Whatever it shows it computes while one looks, by `complete` of this package.
 *
 * @param script  the page's own program: `dist/live-completion.js` of this package
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const model = new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)) });
 * const data = completionData({ model, rows: [{ name: 'first', cells: [1, 0] }], mask: [1, 0], pictureWidth: null });
 * completionPage(data, 'console.log(1)').includes('<title>A row through Bayes</title>'); // true
 */
export function completionPage(data: CompletionData, script: string): string {
  const { title, about, picture, isBinary } = data;
  const [row, cell] = picture === null ? ['row', 'cell'] : ['image', 'pixel'];
  const isDuel = isBinary && picture !== null;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${markup(completionStyle)}</style>
</head>
<body>
<header>
<p class="name">mixtention</p>
<h1>${title}</h1>
<p class="lede">Show a part of ${picture === null ? 'a row' : 'an image'}, and Bayes’ theorem says what the rest is. What you show is the query of an attention head; its keys are the components of a mixture; the softmax over them is the posterior; and the prediction is the mean of their values. Everything below is computed in this page, while you ${picture === null ? 'choose' : 'paint'}.</p>
<p class="remark about">${about}</p>
</header>
<section id="rows" aria-label="Rows to choose from"><div data-view="rows"></div></section>
<section id="stage"><div data-view="story" aria-live="polite"></div>${picture === null ? tableStage() : pictureStage()}
<div class="formula" role="math" aria-label="The posterior is a softmax, the prediction its weighted mean"><p>${markup('<span>r<sub>k</sub> = p(component k | seen) ∝ [ π<sub>k</sub> p(seen | k) ]<sup>T</sup></span> <span>mean = Σ<sub>k</sub> r<sub>k</sub> E[hidden | k]</span> <span>log p(seen) = log Σ<sub>k</sub> π<sub>k</sub> p(seen | k)</span>')}</p></div></section>
<section id="numbers"><h2>In numbers</h2><div data-view="numbers"></div></section>
${picture === null ? null : html`<section id="open"><div class="open"><div><h2>What stays open</h2><p>A prediction is uncertain in two ways: it is not known which component made the ${row}, and no component is sure of every ${cell}. The law of total variance splits the two, ${cell} by ${cell}.</p></div><div data-view="open"></div></div></section>`}
<section id="scale"><h2>How sharply to read: T</h2><p>T multiplies all scores before the softmax. At 1 this is Bayes’ theorem. But a mixture counts ${cell}s that hang together as evidence that is independent, and so is sure too soon; a smaller T makes it less sure. Transformers divide by √d, with d the width of a query: here that would be <span style="white-space:nowrap">T = 1/√(cells seen)</span>. Press anywhere in the chart to read at that T.</p><div data-view="scale"></div></section>
<section id="reveal"><h2>${picture === null ? 'Column by column' : 'Line by line'}</h2><p>Each further ${picture === null ? 'column' : 'line'} is evidence: components that do not fit drop out, and what is left to be told shrinks. Press anywhere in the charts to see so much.</p><div data-view="reveal"></div></section>
${isDuel ? html`<section id="why"><h2>Why this component?</h2><p>Two components held against each other: each seen pixel speaks for one or the other, and what they say adds up.</p><div data-view="why"></div></section>` : null}
<section id="words"><h2>Words</h2><dl class="words">
<div><dt>Component</dt><dd>One of the patterns that the mixture was fitted with. It says how likely each ${cell} is${isBinary ? ' to be on' : ' to have a value'}; a ${row} is made by choosing a component, then its ${cell}s.</dd></div>
<div><dt>Responsibility</dt><dd>How likely a component is to have made this ${row}, after what is seen: an attention weight. It does not say how important a component is.</dd></div>
<div><dt>Nat</dt><dd>The unit of log probability: one nat more is e = 2.7 times as likely, 2.3 nats are a factor of ten.</dd></div>
<div><dt>Evidence</dt><dd>The log probability of what is seen, over all components together: what the softmax divides by.</dd></div>
<div><dt>Components in play</dt><dd>exp of the entropy of the responsibilities: 1 where one component has it all, 2 where two share it equally.</dd></div>
<div><dt>Together, or one by one</dt><dd>Hidden ${cell}s hang together: once one is known, the others are likelier guessed. A mean ${row} forgets that; draws keep it.</dd></div>
</dl></section>
<footer><p>One file, nothing is sent or fetched. The model is in it as its file has it. Source of the reading: E-step and softmax are the same computation; see “attention is a mixture” in the documentation of mixtention.</p></footer>
<script type="application/json" id="data">${asJson(data)}</script>
<script>${markup(script.replaceAll('</script', '<\\/script'))}</script>
</body>
</html>
`.html;
}

function pictureStage(): Html {
  return html`<div class="stage">
<div class="step"><h2><span>1</span>What is seen</h2><figure class="drawn"><canvas id="query" tabindex="0" role="application" aria-label="The image: paint with the brush. Arrow keys move, space paints, shift with an arrow paints along" aria-describedby="query-says"></canvas><figcaption><span data-view="seen"></span> <span id="query-says">Paint with mouse, finger, or arrow keys and space.</span></figcaption></figure><div data-view="tools"></div><div data-view="reveal-controls"></div></div>
<div class="step"><h2><span>2</span>Which component made it</h2><div data-view="components"></div>${slider()}</div>
<div class="step"><h2><span>3</span>What is hidden, then</h2><div data-view="prediction"></div></div>
</div>`;
}

function tableStage(): Html {
  return html`<div data-view="tools"></div><div data-view="reveal-controls"></div><p class="remark" data-view="seen"></p><div class="open"><div class="step"><h2><span>1</span>Which component made it</h2><div data-view="components"></div>${slider()}</div>
<div class="step"><h2><span>2</span>What is seen, and what is hidden, then</h2><div data-view="cells"></div></div></div>`;
}

/** T by hand: the field stays in its place while it is drawn, what it says is rendered beside it. */
function slider(): Html {
  return html`<div class="slide"><label for="logit-scale" data-view="scale-value"></label>
<input id="logit-scale" type="range" data-set="scale" min="${LEAST}" max="${MOST}" step="0.01"><div data-view="scales"></div></div>`;
}

/** JSON that no parser of HTML can leave too early. */
function asJson(data: CompletionData): Html {
  return markup(JSON.stringify(data).replaceAll('<', '\\u003c'));
}
