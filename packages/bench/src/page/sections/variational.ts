import type { Results } from '../../main-job/results.ts';
import { count, decimal, duration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { table } from '../table.ts';

/** The fixed-form variational fits beside the free-form optimum; nothing where no backend could take the gradient. */
export function variationalSection({ variational }: Results): Html | null {
  if (variational === null) return null;
  const { freeForm, fits, backend } = variational;
  const columns = [
    { name: 'assignments in training' },
    { name: 'evidence lower bound', isNumber: true },
    { name: 'training objective', isNumber: true },
    { name: 'steps', isNumber: true },
    { name: 'time', isNumber: true },
  ];
  const rows = fits.map(({ assignments, bound, objective, isBound, iterations, seconds }) => [
    html`<b class="model">${assignments}</b>`,
    html`<b>${decimal(bound)}</b>`,
    isBound ? decimal(objective) : html`${decimal(objective)} <span class="quiet">no bound</span>`,
    count(iterations),
    duration(seconds),
  ]);
  const free = [html`<span>closed-form updates, free form</span>`, decimal(freeForm), '', '', ''];
  return html`<section id="variational">
<h2>The same mixture, made Bayesian</h2>
<p>A Gaussian guide over weights, means and precisions, raised by reparameterised samples (${backend} backend). Its evidence lower bound, always computed with discrete assignments, must stay under the optimum that no fixed form can pass. With Gumbel-softmax the objective that is raised is no bound on the evidence; it is shown for what it is.</p>
${table(columns, [...rows, free])}
</section>`;
}
