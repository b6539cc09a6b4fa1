import { count, decimal, duration, type Html, html, percent } from '@mixtention/core/page';
import type { Component, DigitFit, Results } from '../../main-job/results.ts';
import { pictureImage } from '../picture.ts';
import { table } from '../table.ts';

/** The components that EM found, by weight, and what each mixture is worth on unseen digits. */
export function componentsSection({ digits }: Results): Html {
  const shown = digits.fits.filter((fit) => fit.shown.length > 0);
  return html`<section id="components">
<h2>What EM learned</h2>
<p>Each component is a probability for every pixel, drawn as a picture, and a weight: the share of digits that it explains. EM (expectation–maximisation) takes turns: which component explains which digit, then what each component looks like. It started from digits of the training set, on worker threads that share one copy of the data.</p>
${shown.map(sheet)}
${fitsTable(digits)}
</section>`;
}

function sheet({ components, iterations, seconds, shown }: DigitFit): Html {
  const size = components <= 20 ? 'large' : 'small';
  return html`<figure class="sheet">
<figcaption><b>${components} components</b> by weight, ${iterations} iterations, ${duration(seconds)}</figcaption>
<ol class="${size}">${shown.map(componentItem)}</ol>
</figure>`;
}

function componentItem({ weight, picture }: Component, k: number): Html {
  const share = percent(weight);
  return html`<li><div class="digit">${pictureImage(picture, { by: 'model', label: `component ${k + 1}, weight ${share}` })}</div><span>${share}</span></li>`;
}

function fitsTable({ fits, published, isStandard, stopping }: Results['digits']): Html {
  const columns = [
    { name: 'model' },
    { name: 'log-likelihood of unseen images, nats each', isNumber: true },
    { name: 'of training images', isNumber: true },
    { name: 'iterations', isNumber: true },
    { name: 'fitting', isNumber: true },
    { name: 'source' },
  ];
  const own = fits.map((fit) => [
    html`<b class="model">Bernoulli mixture, K = ${fit.components}</b>`,
    html`<b>${decimal(fit.testLogLikelihood)}</b>`,
    decimal(fit.trainLogLikelihood),
    count(fit.iterations),
    duration(fit.seconds),
    fit.restarts > 1 ? `this run, best of ${fit.restarts} starts` : 'this run',
  ]);
  const theirs = published.map(({ name, value, source }) => [name, decimal(value), '', '', '', source]);
  return html`${table(columns, [{ name: null, rows: [...own, ...theirs] }])}
<p class="remark">${fits[0]!.prior}. Fits were ${stopping}. ${isStandard ? 'That our mixtures pass the printed ones is probably due to this light smoothing and to starts from data rows; no more is claimed.' : 'Log-likelihoods of this binarisation compare with no published ones.'}</p>`;
}
