import { decimal, type Html, html } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { RowReading } from './row-reading.ts';

/** Rows that are no pictures: a line a column, with what is seen, predicted, open and drawn. */
export function cellsView(
  data: CompletionData,
  { cells, mask }: CompletionState,
  { reading, draws }: { readonly reading: RowReading; readonly draws: readonly Float64Array[] },
): Html {
  const { completed, within, between, absent } = reading;
  const rows = Array.from(cells, (truth, d) => {
    const name = data.columns?.[d] ?? `column ${d}`;
    const isSeen = mask[d] === 1;
    const open = within === null || between === null ? null : within[d]! + between[d]!;
    const share = open === null || open === 0 ? 0 : between![d]! / open;
    return html`<tr class="${isSeen ? 'seen' : ''}"><td><label><input type="checkbox" data-set="cell" data-at="${d}"${{ html: isSeen ? ' checked' : '' }}> ${name}</label></td>
<td class="number">${numberText(truth)}</td><td class="number model" data-number="mean">${isSeen ? '' : numberText(completed[d]!)}</td>
<td class="number" data-number="deviation">${isSeen || open === null ? '' : `± ${numberText(Math.sqrt(open))}`}</td>
<td>${isSeen || open === null ? null : html`<span class="split" title="${`between components ${decimal(100 * share, 0)} %`}"><span class="between" style="width:${(100 * share).toFixed(1)}%"></span><span class="within" style="width:${(100 - 100 * share).toFixed(1)}%"></span></span>`}</td>
${draws.map((drawn) => html`<td class="number draw">${isSeen ? '' : numberText(drawn[d]!)}</td>`)}</tr>`;
  });
  return html`<div class="wide cells"><table><thead><tr><th>seen?</th><th class="number">truth</th><th class="number">mean</th><th class="number">deviation</th><th>between / within</th>${draws.map((_, i) => html`<th class="number">draw ${i + 1}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
<p class="remark">${absent.samples === undefined ? html`Draws: a component first, then its cells. <button type="button" class="plain" data-do="draw">Draw again</button> ` : html`<span class="absent">Draws and deviations: ${absent.samples}. </span>`}<i class="swatch between"></i>open between components, <i class="swatch within"></i>within them.</p>`;
}

/** Four digits that count. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replaceAll('-', '−');
  const digits = Number.isInteger(value) ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size || 1)));
  return decimal(value, Math.min(4, digits));
}
