import { decimal, type Html, html, percent } from '@mixtention/core/page';
import type { HeadReport, XrayReport } from './report.ts';
import type { State } from './state.ts';

/** Layer × head: color by distinguishable components, a dot by what falls on the first key. */
export function gridView(report: XrayReport, state: State): Html {
  const most = Math.log(report.keyTokens.length);
  const heads = Math.max(...report.heads.map(({ head }) => head)) + 1;
  const rows = report.layers.map(({ layer, distinguishableComponents }) => {
    const cells = report.heads.map((one, h) =>
      one.layer === layer ? cell(one, h, { most, isOpen: h === state.head }) : null,
    );
    return html`<li><span class="row">${layer}</span>${cells}<span class="mean">${decimal(distinguishableComponents, 1)}</span></li>`;
  });
  const numbers = Array.from({ length: heads }, (_, head) => html`<span class="row">${head}</span>`);
  return html`<ol class="grid" style="--heads:${heads}"><li><span class="row">layer</span>${numbers}<span class="mean">mean</span></li>${rows}</ol>
<p class="remark scale"><span>1</span><i></i><span>${report.keyTokens.length} distinguishable components, exp I(z; q)</span><span class="of"><b class="dot"></b>share of the first key</span></p>`;
}

function cell(one: HeadReport, place: number, { most, isOpen }: { most: number; isOpen: boolean }): Html {
  const share = most > 0 ? Math.min(1, one.mutualInformation / most) : 0;
  const label = `Layer ${one.layer}, head ${one.head}: ${decimal(one.distinguishableComponents, 2)} distinguishable components, ${percent(one.firstKeyShare)} on the first key`;
  return html`<button type="button" data-do="head" data-at="${place}" class="${isOpen ? 'open' : ''}${share > 0.55 ? ' dark' : ''}" aria-pressed="${String(isOpen)}" title="${label}" aria-label="${label}" style="--tone:${(100 * share).toFixed(1)}%;--dot:${one.firstKeyShare.toFixed(3)}"><span>${decimal(one.distinguishableComponents, 1)}</span></button>`;
}
