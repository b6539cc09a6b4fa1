import { type Content, decimal, type Html, html, percent } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { RowReading } from './row-reading.ts';

/** Numbers of the row that is looked at, in nats. */
export function numbersView(
  { picture, isBinary }: CompletionData,
  { cells }: Pick<CompletionState, 'cells'>,
  reading: RowReading,
): Html {
  const { joint, marginal, logEvidence, learnt, surprise, absent, entropy, effectiveComponents, prior } = reading;
  const cell = picture === null ? 'column' : 'pixel';
  const needs = absent.scores;
  return html`<dl class="tiles">${[
    tile(
      'evidence',
      'Evidence of what is seen',
      decimal(logEvidence, 1),
      isBinary ? `nats, log p(seen): ${chance(logEvidence)}` : 'nats, log p(seen): a density',
    ),
    tile(
      'effective',
      'Components in play',
      decimal(effectiveComponents, 2),
      html`exp H, of ${prior.length}; H = ${decimal(entropy, 3)} nats`,
    ),
    tile(
      'learnt',
      'Learnt of the component',
      decimal(learnt, 2),
      'nats, KL(seen ‖ before): what the seen part says of which it is',
    ),
    joint === null
      ? missing('Hidden part, together', needs)
      : tile(
          'joint',
          'Hidden part, together',
          decimal(joint, 1),
          'nats, −log p(hidden | seen), exact: lower is better',
        ),
    marginal === null
      ? missing(`Hidden part, ${cell} by ${cell}`, needs)
      : tile(
          'marginal',
          `Hidden part, ${cell} by ${cell}`,
          decimal(marginal, 1),
          `nats, each ${cell} by itself: what a mean can promise`,
        ),
    joint === null || marginal === null
      ? missing('Difference', needs)
      : tile(
          'gap',
          'Difference',
          decimal(marginal - joint, 1),
          `nats: what hidden ${cell}s tell of one another, since they come from one component`,
        ),
    surprise === null
      ? missing('The truth would move it by', needs)
      : tile(
          'surprise',
          'The truth would move it by',
          decimal(surprise, 2),
          'nats, KL(truth ‖ seen): small where the seen part had told all',
        ),
    isBinary ? guessed(cell, cells, reading) : null,
  ]}</dl>`;
}

/** Cells that the mean gets right when it is rounded: all that are right, less those that are seen. */
function guessed(cell: string, cells: Float64Array, { completed, hidden, seen }: RowReading): Html | null {
  if (hidden === 0) return null;
  const right = cells.reduce((sum, truth, d) => sum + Number(completed[d]! > 0.5 === (truth === 1)), 0) - seen;
  return tile('right', `Hidden ${cell}s guessed right`, percent(right / hidden), 'where the mean is rounded');
}

function tile(number: string, name: string, value: string, remark: Content): Html {
  return html`<div><dt>${name}</dt><dd><b data-number="${number}">${value}</b><small>${remark}</small></dd></div>`;
}

/** What is not told stays in its place, grey, with the reason. */
function missing(name: string, reason: string | undefined): Html {
  return html`<div class="absent"><dt>${name}</dt><dd><small>${reason ?? 'it was not computed'}</small></dd></div>`;
}

/** A log probability as people say it: `1 in 10²⁹`. */
export function chance(log: number): string {
  // Rounding leaves the sum of all chances a little below 1.
  if (!(log < -1e-9)) return 'certain';
  const tens = -log / Math.LN10;
  if (tens < 3) return `1 in ${decimal(Math.exp(-log), tens < 1 ? 1 : 0)}`;
  const exponent = String(Math.round(tens)).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);
  return `about 1 in 10${exponent}`;
}
