import type { Matrix } from '@mixtention/core';
import { decimal, type Html, html } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { RowReading } from './row-reading.ts';
import { canvas, ranked, sum } from './stage-view.ts';

/** Two components held against each other. */
export type Duel = {
  readonly winner: number;
  readonly rival: number;
  /** What each seen cell says for the winner, nats `[D]`; 0 where it is hidden. */
  readonly cells: Float64Array;
  /** log π_winner − log π_rival */
  readonly prior: number;
};

/**
 * Why one component is more responsible than another: `log r_a/r_b = log π_a/π_b + Σ_j m_j log p(x_j | a)/p(x_j | b)`, cell by cell.
 *
 * @param keys  [log θ ; log(1 − θ)] `[K, 2D]` of a binary mixture, as `attentionFromMixture` gives them
 * @returns null where there is no second component
 */
export function duelOf(
  keys: Matrix,
  { cells, mask, rival }: Pick<CompletionState, 'cells' | 'mask' | 'rival'>,
  { posterior, prior }: Pick<RowReading, 'posterior' | 'prior'>,
): Duel | null {
  const [winner, second] = ranked(posterior);
  const other = rival === null || rival === winner ? second : rival;
  if (winner === undefined || other === undefined) return null;
  const D = cells.length;
  const log = (k: number, d: number): number => keys.data[k * keys.cols + (cells[d] === 1 ? d : D + d)]!;
  return {
    winner,
    rival: other,
    cells: Float64Array.from({ length: D }, (_, d) => {
      const [a, b] = [log(winner, d), log(other, d)];
      return mask[d] === 0 || a === b ? 0 : a - b;
    }),
    prior: Math.log(prior[winner]!) - Math.log(prior[other]!),
  };
}

/** The duel as a picture of what each pixel says, and as a sum. */
export function whyView(data: CompletionData, { logitScale }: CompletionState, duel: Duel | null): Html {
  if (duel === null) return html`<p class="absent">There is one component, and nothing to hold against it.</p>`;
  const { winner, rival, cells, prior } = duel;
  const pixels = sum(cells);
  const [against, pro] = [sum(cells.filter((own) => own < 0)), sum(cells.filter((own) => own > 0))];
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${decimal(value, 1)}`;
  const scaled =
    logitScale === 1
      ? null
      : html` T multiplies that: <b>${signed(logitScale * (pixels + prior))}</b> at T = ${decimal(logitScale, 3)}.`;
  return html`<div class="duel"><figure>${canvas(`component:${winner}`, `Component ${winner}`, data)}<figcaption>Component ${winner}, the most responsible</figcaption></figure>
<figure>${canvas('why', `What each seen pixel says for component ${winner} against ${rival}`, data)}<figcaption><i class="swatch pro"></i>speaks for ${winner} <i class="swatch against"></i>for ${rival}</figcaption></figure>
<figure>${canvas(`component:${rival}`, `Component ${rival}`, data)}<figcaption>Component ${rival}: choose another in the list above</figcaption></figure></div>
<p>Pixels say <b data-number="pro">${signed(pro)}</b> for component ${winner} and <b data-number="against">${signed(against)}</b> for ${rival}; the prior adds <b data-number="prior">${signed(prior)}</b>. Together <b data-number="duel">${signed(pixels + prior)}</b> nats: that is the logarithm of how many times as responsible ${winner} is.${scaled}</p>`;
}
