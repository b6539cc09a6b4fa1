import { count, decimal, duration, type Html, html } from '@mixtention/core/page';
import type { Results } from '../../main-job/results.ts';
import { table } from '../table.ts';

const NAMES: Readonly<Record<string, string>> = {
  exact: 'weighed by their probabilities',
  relaxed: 'Gumbel-softmax',
  'straight-through': 'straight-through Gumbel-softmax',
  score: 'one-hot draws, by their scores',
};

/** The fixed-form variational fits beside the free-form optimum. */
export function variationalSection({ variational: { freeForm, fits } }: Results): Html {
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
<p>A Dirichlet and normal–Wisharts, the forms that closed-form updates find, raised by reparameterised samples. Its evidence lower bound, always computed with discrete assignments, stays under the optimum of closed-form updates, which none with assignments independent of parameters can pass. What Gumbel-softmax training raises is no bound on the evidence, and is shown for what it is.</p>
${table(columns, [{ name: null, rows: [...rows, free] }])}
</section>`;
}
