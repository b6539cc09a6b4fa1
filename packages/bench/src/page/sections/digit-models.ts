import { count, decimal, duration, type Html, html } from '@mixtention/core/page';
import type { FromScratch, PublishedNats } from '../../digit-models/results.ts';
import type { Results } from '../../main-job/results.ts';
import { table } from '../table.ts';

/** Attention with more keys, and attention that learns, beside published figures; nothing where `npm run bench:digits` was never run. */
export function digitModelsSection({ digitModels }: Results): Html | null {
  if (digitModels === null) return null;
  const { completion, joint, published, data, madeAt, machine, backend } = digitModels;
  const ours = (name: string): Html => html`<b class="model">${name}</b>`;
  const theirs = ({ name, source }: PublishedNats): Html =>
    html`<span>${name} <span class="quiet">${source}</span></span>`;
  const said = ({ sign, value }: PublishedNats): string => `${sign}${sign === '' ? '' : '\u00a0'}${decimal(value)}`;
  const completed = [
    ...completion.map(({ model, keys, logitScale, nats, marginalNats, seconds }) => [
      ours(model),
      html`<b>${decimal(nats)}</b>`,
      marginalNats === null ? 'needs samples' : decimal(marginalNats),
      count(keys),
      String(logitScale),
      duration(seconds),
    ]),
    ...published.completion.map((one) => [theirs(one), said(one), '', '', '', '']),
  ];
  const whole = [
    ...joint.map(({ model, nats, seconds }) => [ours(model), html`<b>${decimal(nats)}</b>`, duration(seconds)]),
    ...published.joint.map((one) => [theirs(one), said(one), '']),
  ];
  return html`<section id="digit-models">
<h2>More keys, and keys that are learnt</h2>
<p>The same task with all training digits as keys, with queries, keys and values that are learnt, and with a causal self-attention over the rows of a digit, which tells the probability of whole digits too. Nats per unseen digit, exact, on ${data}. Scales and smoothing were chosen on validation digits, and no size on unseen ones. <code>npm run bench:digits</code> made these figures on ${madeAt.slice(0, 10)}, with ${backend} on ${machine.cores} cores of ${machine.cpu}.</p>
${table(
  [
    { name: 'lower half given upper half' },
    { name: 'nats jointly', isNumber: true },
    { name: 'nats pixel by pixel', isNumber: true },
    { name: 'keys', isNumber: true },
    { name: 'logit scale', isNumber: true },
    { name: 'time', isNumber: true },
  ],
  [{ name: null, rows: completed }],
)}
${table([{ name: 'whole digit' }, { name: 'nats', isNumber: true }, { name: 'time', isNumber: true }], [{ name: null, rows: whole }])}
<p class="remark">Published figures are of the same split, where no other is told. ≤ marks bounds, ≈ estimates; stochastic networks on the lower half are bounds by up to 1,000 samples. Figures on other binarisations of the same digits do not compare.</p>
${digitModels.fromScratch === undefined ? null : fromScratchPart(digitModels.fromScratch)}
</section>`;
}

/** Attention trained from scratch beside EM of as many keys: both losses, both times. */
function fromScratchPart({ models, madeAt, machine, backend }: FromScratch): Html {
  const rows = models.map(({ model, keys, logitScale, nats, marginalNats, passes, seconds, cpuSeconds }) => [
    html`<b class="model">${model}</b>`,
    count(keys),
    String(logitScale),
    html`<b>${decimal(nats)}</b>`,
    decimal(marginalNats),
    String(passes),
    duration(seconds),
    duration(cpuSeconds),
  ]);
  return html`<h3>Trained from scratch, or fitted</h3>
<p>One attention, two ways to its keys, log weights and values. EM fits a mixture to whole digits and leaves the question to Bayes’ theorem; gradients begin at random and are told the question, the exact loss of the lower half given the upper. Both had the same backend, threads and training digits, and unseen ones were scored once. Made on ${madeAt.slice(0, 10)}, with ${backend} on ${machine.cores} cores of ${machine.cpu}, at a load of ${decimal(machine.loadAverage, 1)} when it began: where that is more than its cores, times are stretched, and CPU times are what compares.</p>
${table(
  [
    { name: 'lower half given upper half' },
    { name: 'keys', isNumber: true },
    { name: 'logit scale', isNumber: true },
    { name: 'nats jointly', isNumber: true },
    { name: 'nats pixel by pixel', isNumber: true },
    { name: 'times through all digits', isNumber: true },
    { name: 'time', isNumber: true },
    { name: 'CPU time', isNumber: true },
  ],
  [{ name: null, rows }],
)}`;
}
