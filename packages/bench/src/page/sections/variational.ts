import { count, decimal, duration, type Html, html } from '@mixtention/attention/page';
import type { Results } from '../../main-job/results.ts';
import { table } from '../table.ts';

const NAMES: Readonly<Record<string, string>> = {
  exact: 'summed out exactly',
  relaxed: 'Gumbel-softmax',
  'straight-through': 'straight-through Gumbel-softmax',
};

/** The fixed-form variational fits beside the free-form optimum; nothing where no backend could take the gradient. */
export function variationalSection({ variational }: Results): Html | null {
  if (variational === null) return null;
  const { freeForm, fits, backend } = variational;
  const columns = [
    { name: 'assignments in training' },
    { name: 'evidence lower bound', isNumber: true },
    { name: 'what training raised', isNumber: true },
    { name: 'steps', isNumber: true },
    { name: 'time', isNumber: true },
  ];
  const rows = fits.map(({ assignments, bound, boundError, relaxedObjective, iterations, seconds }) => [
    html`<b class="model">${NAMES[assignments] ?? assignments}</b>`,
    html`<b>${decimal(bound)}</b> <span class="quiet">± ${decimal(boundError, 3)}</span>`,
    relaxedObjective === null ? 'the bound' : html`${decimal(relaxedObjective)} <span class="quiet">no bound</span>`,
    count(iterations),
    duration(seconds),
  ]);
  const free = [html`<span>free form, closed-form updates</span>`, decimal(freeForm), '', '', ''];
  return html`<section id="variational">
<h2>The same mixture, made Bayesian</h2>
<p>A Gaussian guide over weights, means and precisions, raised by reparameterised samples (${backend} backend). Its evidence lower bound, always computed with discrete assignments, stays under the optimum of closed-form updates, which no fixed form can pass. What Gumbel-softmax training raises is no bound on the evidence, and is shown for what it is.</p>
${table(columns, [{ name: null, rows: [...rows, free] }])}
</section>`;
}
