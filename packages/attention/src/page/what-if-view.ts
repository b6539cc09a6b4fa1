import { decimal, type Html, html, percent } from '@mixtention/core/page';
import type { EditOutcome } from './edits.ts';
import { isNumbered, keyName, shown } from './head-view.ts';
import { length } from './keys-view.ts';
import type { XrayReport } from './report.ts';
import { headOf, layerOf, type State } from './state.ts';

/** Edits of the head: what is told beforehand beside what the kernel of this page then finds. */
export function whatIfView(
  report: XrayReport,
  state: State,
  { outcome, isScored }: { readonly outcome: EditOutcome | null; readonly isScored: boolean },
): Html {
  const off = (reason: string | null): Html => ({ html: reason === null ? '' : ` disabled title="${reason}"` });
  const noScores = isScored ? null : 'it needs q and k';
  const noMerge = noScores ?? (report.keyTokens.length < 2 ? 'there is one key' : null);
  const options = (chosen: number, but = -1): Html[] =>
    report.keyTokens.map((token, k) =>
      k === but
        ? html``
        : html`<option value="${k}"${{ html: k === chosen ? ' selected' : '' }}>${k}${isNumbered(token, k) ? null : ` ${shown(token)}`}</option>`,
    );
  return html`<div class="edits">
<label>Key <select data-set="key">${options(state.key)}</select></label>
<button type="button" data-do="prune">Remove it</button>
<label>and <select data-set="partner">${options(state.partner, state.key)}</select></label>
<button type="button" data-do="merge"${off(noMerge)}>Merge the two</button>
<button type="button" data-do="remove-head">Remove the head</button>
<label class="slider">Scale × <output>${decimal(state.factor, 2)}</output><input type="range"${off(noScores)} data-set="factor" min="-2" max="2" step="0.05" value="${Math.log2(state.factor).toFixed(2)}" aria-label="scale"></label>
</div>${isScored ? null : html`<p class="remark">Merging and the scale need q and k.</p>`}<div data-view="outcome">${outcomeView(report, state, outcome)}</div>`;
}

/** What an edit was told to change, beside what it was found to. */
export function outcomeView(report: XrayReport, state: State, outcome: EditOutcome | null): Html {
  if (outcome === null)
    return html`<p class="remark">Choose an edit: its consequence is told from what the head reads now, and then recomputed here with the edited head.</p>`;
  const name = (k: number): string => keyName(report.keyTokens[k]!, k);
  const { told, found, claim, apart } = outcome;
  const { outputNorm } = layerOf(report, state);
  const whole =
    outputNorm === null ? null : outputNorm.reduce<number>((sum, one) => sum + (one ?? 0), 0) / outputNorm.length;
  const row = (label: string, values: readonly (number | null)[], show: (value: number) => string): Html =>
    html`<tr><td>${label}</td>${values.map((one) => html`<td class="number">${one === null ? '–' : show(one)}</td>`)}</tr>`;
  const share =
    whole === null || whole === 0 || found.output === null
      ? null
      : html`<p class="remark">All heads of the layer together add ${length(whole)} to the stream; the edit changes it by ${percent(found.output / whole)}.</p>`;
  const gone =
    told.logEvidence === null && state.edit?.kind !== 'head'
      ? html`<p class="remark">Some query sees nothing any more, and has no evidence left: L falls to −∞.</p>`
      : null;
  const distance =
    found.output === null
      ? null
      : html`<p class="remark">Largest distance between the two outputs: <span class="apart">${apart === 0 ? '0' : apart.toExponential(1).replace('-', '−')}</span>${claim === 'exact' ? ' (rounding)' : ', since the scale enters through an exponential'}.</p>`;
  return html`<h3>${sentence(state, name, headOf(report, state).head)}</h3>
<table class="outcome"><thead><tr><th>mean over queries</th><th class="number">predicted${claim === 'exact' ? '' : ', first order'}</th><th class="number">recomputed</th></tr></thead><tbody>
${row('change of the output, length', [told.output, found.output], length)}
${row('change of L, nats', [told.logEvidence, found.logEvidence], signed)}
</tbody></table>${gone}${distance}${share}`;
}

/** A change of evidence: small ones with their digits. */
function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${length(Math.abs(value))}`;
}

function sentence({ edit }: State, name: (k: number) => string, head: number): string {
  if (edit === null) return '';
  if (edit.kind === 'head') return `Without head ${head}`;
  if (edit.kind === 'prune') return `Without ${edit.keys.map(name).join(', ')}`;
  if (edit.kind === 'merge') return `${name(edit.i)} and ${name(edit.j)} made one`;
  return `Scores times ${decimal(edit.factor, 2)}`;
}
