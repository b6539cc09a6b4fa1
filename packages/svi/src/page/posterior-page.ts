import { type Content, count, decimal, duration, type Html, html, markup } from '@mixtention/core/page';
import type { SviResult } from '../inference/index.ts';
import { type Approximation, type SiteSummaries, USABLE } from '../report/index.ts';
import { digitsFor, worded } from './axis.ts';
import { kChart } from './k-chart.ts';
import { areSwitches, membersChart } from './members-chart.ts';
import { numberCard } from './number-card.ts';
import { predictedOf, type Site, sitesOf } from './numbers-of.ts';
import { pageStyle } from './page-style.ts';
import { type TraceMark, traceChart } from './trace-chart.ts';

export type PosteriorPageOptions = {
  /** What the model is called (default `a model`). */
  readonly title?: string;
  /** What it was given, in a sentence without its full stop. */
  readonly about?: string;
  readonly trace?: readonly TraceMark[];
  /** What would be observed, as `posteriorPredictive` tells it. */
  readonly predictive?: SiteSummaries;
};

/** Sites of so few numbers have a histogram for each, up to so many in all. */
const [SMALL, CARDS] = [4, 12];
/** Rows of the table. */
const ROWS = 300;
/** Sites in the list of terms. */
const TERMS = 12;

/**
 * A result as one HTML file that opens offline: whether it can be believed, how steps went, every site as it is told and as the guide says.
 *
 * @param result  of `svi`, `sviOnRows` or `pathfinder`
 *
 * Cost: a sort of the draws of a number that has a histogram.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const text = posteriorPage(svi(coin, [1, 1, 0, 1]), { title: 'coin' });
 * text.includes('<h1>The posterior of coin</h1>'); // true
 */
export function posteriorPage(
  result: Approximation & Partial<Pick<SviResult, 'mended' | 'boundBySite' | 'relaxedObjective' | 'steps'>>,
  { title = 'a model', about, trace = [], predictive = {} }: PosteriorPageOptions = {},
): string {
  const sites = sitesOf(result);
  const body = [
    head(result, title, about),
    belief(result),
    training(result, trace),
    posterior(result, sites),
    predicted(predictedOf(predictive)),
    numbers(sites),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${`The posterior of ${title}`}</title>
<link rel="icon" href="data:,">
<style>${markup(pageStyle)}</style>
</head>
<body>
${body}
</body>
</html>
`.html;
}

/** A name in camel case that may part before a capital. */
const words = (name: string): Html =>
  html`${name.split(/(?=[A-Z])/).map((part, i) => (i === 0 ? part : html`<wbr>${part}`))}`;

type Result = Parameters<typeof posteriorPage>[0];

function head(
  {
    method,
    status,
    message,
    bound,
    boundStandardError,
    logEvidence,
    logEvidenceStandardError,
    corrected,
    gradientEvaluations,
    seconds,
  }: Result,
  title: string,
  about: string | undefined,
): Html {
  const facts: readonly (readonly [string, Content])[] = [
    ['method', words(method)],
    ['status', status],
    ...(Number.isFinite(bound)
      ? [['bound', `${decimal(bound, 3)} ± ${decimal(boundStandardError, 3)} nats`] as const]
      : []),
    ...(corrected && Number.isFinite(logEvidence)
      ? [['log evidence', `${decimal(logEvidence, 3)} ± ${decimal(logEvidenceStandardError, 3)} nats`] as const]
      : []),
    ['gradients', count(gradientEvaluations)],
    ['time', duration(seconds)],
  ];
  return html`<header><p class="name">mixtention vi</p><h1>The posterior of ${title}</h1>
<p class="lede">${about === undefined ? null : `${about}. `}${sentence(message)}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What k̂ says, and what it does not. */
function belief({ paretoK, mended = null, corrected, effectiveDraws, draws, heavySites }: Result): Html | null {
  if (!Number.isFinite(paretoK)) return null;
  const worth = `${count(Math.round(effectiveDraws))} of ${count(draws.rows)}`;
  const verdict =
    mended !== null
      ? html`<p>Moments, draws and evidence are not the guide’s: importance sampling learnt a better proposal from it, whose weights are worth ${worth} draws.</p>`
      : corrected
        ? html`<p>Moments, draws and evidence are the guide’s, corrected by importance weights that are worth ${worth} draws${paretoK > USABLE ? ': so nearly equal that the tail k̂ tells of weighs little' : ''}.</p>`
        : html`<p class="doubt">The guide is too far from the posterior for weights to correct it: what follows is as the guide says, and its deviations are likely to be too small. Another guide, or other coordinates of the model, may serve.</p>`;
  const heavy =
    heavySites.length === 0
      ? null
      : html`<p class="doubt">${heavySites.length > 6 ? `Deviations of ${count(heavySites.length)} sites` : `Deviations of ${heavySites.join(', ')}`} rest on few draws of a heavy tail, and may be off by more than a fifth.</p>`;
  return html`<section id="belief"><h2>Can it be believed?</h2>
<div class="two"><figure><figcaption>k̂, the Pareto shape of the importance ratios between posterior and guide</figcaption>${kChart(paretoK, mended?.paretoK ?? null)}</figure><div>${verdict}${heavy}<p class="remark">Below 0.5 weights serve well, to ${USABLE} they are usable. A small k̂ is no proof: draws that miss a part of the posterior do not know of it.</p></div></div></section>`;
}

function training(result: Result, trace: readonly TraceMark[]): Html | null {
  const parts = [stepsFigure(result, trace), terms(result)].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return html`<section id="training"><h2>${trace.length > 1 ? 'How the steps went' : 'What the bound is made of'}</h2><div class="two">${parts}</div></section>`;
}

function stepsFigure(
  { bound, boundStandardError, logEvidence, corrected, relaxedObjective = null }: Result,
  trace: readonly TraceMark[],
): Html | null {
  if (trace.length < 2) return null;
  const isBound = relaxedObjective === null;
  const evidence = corrected && Number.isFinite(logEvidence) ? logEvidence : null;
  const caption = isBound
    ? 'Running means of estimates of the bound; those of the first steps may lie below'
    : 'Running means of what relaxed draws raise: no bound';
  return html`<figure class="site"><figcaption>${caption}</figcaption>${traceChart(trace, { bound, boundStandardError, logEvidence: evidence, isBound })}
<p class="key"><span><i class="k-steps"></i>while steps were taken</span>${isBound ? html`<span><i class="k-bound"></i>the bound at the end</span>` : null}${isBound && evidence !== null ? html`<span><i class="k-evidence"></i>log evidence</span>` : null}</p></figure>`;
}

/** Histograms of what is small, intervals of what is not. */
function posterior({ corrected }: Result, sites: readonly Site[]): Html {
  const small: Site[] = [];
  let cards = 0;
  for (const site of sites)
    if (site.numbers.length <= SMALL && !areSwitches(site) && cards + site.numbers.length <= CARDS) {
      small.push(site);
      cards += site.numbers.length;
    }
  const large = sites.filter((site) => !small.includes(site));
  return html`<section id="posterior"><h2>The posterior, site by site</h2>
<p class="key"><span><i class="k-told"></i>${corrected ? 'corrected' : 'as the guide says'}: median, 50 % and 95 % of the probability</span>${corrected ? html`<span><i class="k-guide"></i>as the guide says, uncorrected</span>` : null}</p>
<div class="cards">${small.flatMap(({ numbers: own, isHeavy }) => own.map((one) => numberCard(one, corrected, isHeavy)))}</div>
<div class="two">${large.map((site) => html`<figure class="site"><figcaption><b>${site.name}</b>${site.isHeavy ? html` <span class="heavy">heavy tail</span>` : null} ${site.numbers.length === 1 ? null : `${count(site.numbers.length)} numbers`}</figcaption>${membersChart(site, corrected)}</figure>`)}</div></section>`;
}

function predicted(sites: readonly Site[]): Html | null {
  if (sites.length === 0) return null;
  return html`<section id="predicted"><h2>What would be observed</h2>
<p>Data as the model would make them, with parameters drawn from the posterior: median, 50 % and 95 % of the probability.</p>
<div class="two">${sites.map((site) => html`<figure class="site"><figcaption><b>${site.name}</b></figcaption>${membersChart(site, false)}</figure>`)}</div></section>`;
}

/** What the bound is the sum of. */
function terms({ boundBySite = {} }: Result): Html | null {
  const all = Object.entries(boundBySite);
  if (all.length === 0) return null;
  const largest = all.toSorted((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, TERMS);
  const shown = all.filter((one) => largest.includes(one));
  const rest = all.filter((one) => !largest.includes(one)).reduce((sum, [, nats]) => sum + nats, 0);
  const rows: readonly (readonly [string, number])[] = [
    ...shown,
    ...(all.length > TERMS ? [[`${all.length - TERMS} more`, rest] as const] : []),
  ];
  return html`<figure class="site"><figcaption>What the bound at the end is made of</figcaption><table><thead><tr><th scope="col">site</th><th scope="col" class="number">nats</th></tr></thead><tbody>${rows.map(([name, nats]) => html`<tr><td>${name}</td><td class="number">${decimal(nats, 2)}</td></tr>`)}</tbody></table></figure>`;
}

function numbers(sites: readonly Site[]): Html {
  const all = sites.flatMap((site) => site.numbers);
  const names = ['', 'mean', 'sd', '2.5 %', '25 %', '50 %', '75 %', '97.5 %'];
  const rows = all.slice(0, ROWS).map(({ name, told: { mean, sd, quantiles } }) => {
    const digits = digitsFor(sd);
    return html`<tr><td>${name}</td>${[mean, sd, ...quantiles].map((x) => html`<td class="number">${worded(x, digits)}</td>`)}</tr>`;
  });
  const more =
    all.length > ROWS
      ? html`<p class="remark">${count(all.length - ROWS)} more are in the JSON and in the draws.</p>`
      : null;
  return html`<section id="numbers"><details><summary>All numbers</summary><div class="wide"><table><thead><tr>${names.map((name, i) => html`<th scope="col"${i === 0 ? null : markup(' class="number"')}>${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>${more}</details></section>`;
}
