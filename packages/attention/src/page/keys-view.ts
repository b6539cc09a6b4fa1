import { decimal, type Html, html, percent } from '@mixtention/core/page';
import { isNumbered, shown } from './head-view.ts';
import type { XrayReport } from './report.ts';
import { headOf, type State } from './state.ts';

const SHORT = 10;

/** Keys by usage, with what removing each changes, and the partner that it is merged with at least cost. */
export function keysView(report: XrayReport, state: State): Html {
  const { usage, keys, absent } = headOf(report, state);
  const order = usage.map((share, k) => ({ share: share ?? 0, k })).sort((a, b) => b.share - a.share || a.k - b.k);
  const most = order[0]!.share || 1;
  const rows = (state.isLong ? order : order.slice(0, SHORT)).map(({ share, k }) => {
    const partner = keys.mergePartner?.[k] ?? -1;
    const cost = keys.mergeLogEvidence?.[k] ?? null;
    return html`<tr class="${k === state.key ? 'open' : ''}"><td><button type="button" data-do="key" data-at="${k}">${named(report.keyTokens[k]!, k)}</button></td>
<td class="usage"><span class="track"><span class="bar" style="width:${((100 * share) / most).toFixed(1)}%"></span></span><span>${percent(share)}</span></td>
<td class="number">${keys.prior === null ? '–' : percent(keys.prior[k] ?? 0)}</td>
<td class="number">${keys.pruneMean === null ? '–' : length(keys.pruneMean[k] ?? 0)}</td>
<td>${partner < 0 ? '–' : named(report.keyTokens[partner]!, partner)}</td>
<td class="number">${partner < 0 ? '–' : cost === null ? 'all' : length(-cost)}</td></tr>`;
  });
  const reasons = [
    ...new Set([absent.prior, absent.pruneChange, absent.merge].filter((reason) => reason !== undefined)),
  ];
  const more =
    order.length > SHORT
      ? html`<p><button type="button" class="plain" data-do="long">${state.isLong ? 'Show fewer' : `Show all ${order.length} keys`}</button></p>`
      : null;
  return html`<div class="wide"><table class="keys"><thead><tr><th>key</th><th>usage</th><th class="number">prior</th><th class="number">if removed</th><th>merges with</th><th class="number">nats lost</th></tr></thead><tbody>${rows}</tbody></table></div>
${more}<p class="remark">Prior in the paper gauge. If removed: mean length of the change of the head’s output. Nats lost: mean fall of L when the two become one.${reasons.map((reason) => ` Absent: ${reason}.`)}</p>`;
}

/** A token and its number. */
function named(token: string, at: number): Html {
  return isNumbered(token, at) ? html`${at}` : html`${shown(token)} <small>${at}</small>`;
}

/** A length with three digits; what is below 10⁻⁹ is rounding. */
export function length(value: number): string {
  if (value < 1e-9) return '<1e−9';
  return value < 0.001 ? value.toExponential(1).replace('-', '−') : decimal(value, value < 0.1 ? 4 : 3);
}
