import { count, decimal, duration, type Html, html } from '@mixtention/core/page';
import * as Plot from '@observablehq/plot';
import type { BayesResult, BesideEm, BoundTerms, Results } from '../../main-job/results.ts';
import { chart, countAxis, ink } from '../chart.ts';
import { table } from '../table.ts';

/** The Bayesian mixture by closed-form updates: which K its bound prefers, how components die, and what the bound is made of meanwhile. */
export function bayesSection({ bayes, digits }: Results): Html {
  const { sizes, dying } = bayes;
  const best = sizes.reduce((a, b) => (b.bound > a.bound ? b : a));
  return html`<section id="bayes">
<h2>A posterior in place of a point</h2>
<p>Assume that components and assignments are independent given the data, and the model itself says what form their posteriors have: variational Bayes by closed-form updates, each as dear as a step of EM. What it raises is a lower bound on the evidence, so numbers of components compare. On Old Faithful it is highest with ${best.components}; the likelihood that EM raises grows with every component, and needs BIC to tell.</p>
<div class="charts">
<figure><figcaption>${dying.components} components to begin with: the rows that each expects</figcaption>${countsChart(dying)}</figure>
<figure><figcaption>What the bound is made of, against where it ends</figcaption>${termsChart(dying)}</figure>
</div>
<p class="remark">Under a Dirichlet with concentration ${dying.concentration} components that the data do not ask for die: ${dying.active} are left after ${count(dying.iterations)} steps. The bound gains what weights and components no longer cost. Components that share rows between them die slowly, or stay.${dying.active > best.components ? ` So more are left than the ${best.components} that bounds of separate fits prefer.` : ''}</p>
${sizesTable(bayes)}
${digitsTable(bayes, digits)}
</section>`;
}

function countsChart({ trace, components }: BayesResult['dying']): Html {
  const marks = trace.flatMap(({ iteration, counts }) =>
    Array.from(counts, (rows, k) => ({ step: iteration + 1, rows, k })),
  );
  const last = trace.at(-1)!;
  const alive = last.counts.filter((n) => n > 0.5).map((n) => decimal(n, 0));
  return chart(
    `Expected rows of ${components} components against steps; at the end ${alive.join(', ')}, the others none`,
    {
      x: { ...stepsAxis(trace.length), label: 'step', labelAnchor: 'right', labelArrow: 'none' },
      y: { label: 'expected rows', labelArrow: 'none', grid: true, zero: true },
      marks: [
        Plot.line(marks, { x: 'step', y: 'rows', z: 'k', stroke: ink.model, strokeWidth: 1.8, strokeOpacity: 0.75 }),
        Plot.dot(
          marks.filter(({ step, rows }) => step === trace.length && rows > 0.5),
          { x: 'step', y: 'rows', fill: ink.model, r: 3.5 },
        ),
      ],
    },
  );
}

/** Of the height of a chart. */
const LABEL_GAP = 0.06;

const TERMS: Readonly<Record<keyof BoundTerms, { readonly name: string; readonly color: string }>> = {
  data: { name: 'data', color: ink.model },
  assignments: { name: 'assignments', color: ink.adam },
  entropy: { name: 'entropy', color: ink.descent },
  weights: { name: 'weights', color: ink.quiet },
  components: { name: 'components', color: ink.data },
};

function termsChart({ trace }: BayesResult['dying']): Html {
  const end = trace.at(-1)!.terms;
  const names = Object.keys(TERMS) as (keyof BoundTerms)[];
  const bound = (terms: BoundTerms): number => names.reduce((sum, name) => sum + terms[name], 0);
  const marks = trace.flatMap(({ iteration, terms }) =>
    names.map((name) => ({ step: iteration + 1, name, nats: terms[name] - end[name] })),
  );
  const whole = trace.map(({ iteration, terms }) => ({ step: iteration + 1, nats: bound(terms) - bound(end) }));
  const first = names.map((name) => ({ name, nats: trace[0]!.terms[name] - end[name] }));
  const ends = names.map((name) => `${name} ${decimal(end[name], 1)}`).join(', ');
  return chart(`Terms of the bound against steps, as distances from their last values: ${ends}`, {
    x: { ...stepsAxis(trace.length), label: 'step', labelAnchor: 'right', labelArrow: 'none' },
    y: { label: 'nats above its last value', labelArrow: 'none', grid: true },
    marks: [
      ...names.map((name) =>
        Plot.line(
          marks.filter((mark) => mark.name === name),
          {
            x: 'step',
            y: 'nats',
            stroke: TERMS[name].color,
            strokeWidth: 1.8,
            strokeDasharray: name === 'weights' ? '5 3' : 'none',
          },
        ),
      ),
      Plot.line(whole, {
        x: 'step',
        y: 'nats',
        stroke: ink.data,
        strokeWidth: 3,
        strokeDasharray: '1 5',
        strokeLinecap: 'round',
      }),
      ...labels([...first, { name: 'bound', nats: whole[0]!.nats }]),
    ],
  });
}

/** Names beside the first point of each line, pushed apart. */
function labels(first: readonly { readonly name: string; readonly nats: number }[]): Plot.Text[] {
  const rising = [...first].sort((a, b) => a.nats - b.nats);
  const apart = LABEL_GAP * (rising.at(-1)!.nats - rising[0]!.nats);
  let last = Number.NEGATIVE_INFINITY;
  return rising.map(({ name, nats }) => {
    last = Math.max(nats, last + apart);
    return Plot.text([{ step: 1, nats: last }], {
      x: 'step',
      y: 'nats',
      text: () => name,
      fill: name === 'bound' ? ink.data : TERMS[name as keyof BoundTerms].color,
      stroke: 'var(--paper)',
      strokeWidth: 4,
      fontWeight: 600,
      textAnchor: 'start',
      dx: 6,
      dy: -8,
    });
  });
}

/** Logarithmic, from the first step: most happens early. */
function stepsAxis(steps: number): Plot.ScaleOptions {
  return {
    ...countAxis(steps),
    type: 'log',
    domain: [1, steps],
    ticks: [1, 10, 100, 1000].filter((at) => at <= steps),
  };
}

function sizesTable({ sizes, dying }: BayesResult): Html {
  const columns = [
    { name: 'components of Old Faithful' },
    { name: 'evidence lower bound', isNumber: true },
    { name: 'of them stay', isNumber: true },
    { name: 'steps', isNumber: true },
    { name: 'EM: log-likelihood', isNumber: true },
    { name: 'BIC', isNumber: true },
  ];
  const best = Math.max(...sizes.map(({ bound }) => bound));
  const least = Math.min(...[...sizes, dying].map(({ em }) => em.bic));
  const besideEm = ({ logLikelihood, bic }: BesideEm): (string | Html)[] => [
    decimal(logLikelihood),
    bic === least ? html`<b class="model">${decimal(bic)}</b>` : decimal(bic),
  ];
  const rows = sizes.map(({ components, bound, active, iterations, em }) => [
    html`${components}${components === 1 ? html` <span class="quiet">the exact evidence</span>` : ''}`,
    bound === best ? html`<b class="model">${decimal(bound)}</b>` : decimal(bound),
    count(active),
    count(iterations),
    ...besideEm(em),
  ]);
  const many = [
    html`${dying.components} <span class="quiet">concentration ${dying.concentration}</span>`,
    decimal(dying.bound),
    count(dying.active),
    count(dying.iterations),
    ...besideEm(dying.em),
  ];
  return table(columns, [{ name: null, rows: [...rows, many] }]);
}

function digitsTable({ digits: own }: BayesResult, { fits }: Results['digits']): Html {
  const columns = [
    { name: `digits, K = ${own.components}` },
    { name: 'nats per unseen image', isNumber: true },
    { name: 'steps', isNumber: true },
    { name: 'time', isNumber: true },
  ];
  const em = fits.find(({ components }) => components === own.components);
  const row = (
    name: string,
    one: Pick<typeof own, 'testLogLikelihood' | 'iterations' | 'seconds'>,
  ): (string | Html)[] => [
    name,
    html`<b>${decimal(one.testLogLikelihood)}</b>`,
    count(one.iterations),
    duration(one.seconds),
  ];
  const rows = [
    ...(em === undefined ? [] : [row('EM: one point, the mode', em)]),
    row(`variational Bayes: the posterior predictive, ${own.active} components in use`, own),
  ];
  return table(columns, [{ name: null, rows }]);
}
