import { decimal, type Html, html, percent } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { RowReading } from './row-reading.ts';
import { shareText } from './share-text.ts';
import { ranked, sum } from './stage-view.ts';

/** A share that is called sure, and a surprise that belies it: the truth was 20 times as likely under others. */
const SURE = 0.95;
const BELIED_NATS = 3;

/** What there is to see now, in a sentence or two. */
export function storyView(data: CompletionData, { logitScale, row }: CompletionState, reading: RowReading): Html {
  return html`<p class="story">${tell(data, { logitScale, row }, reading)}</p>`;
}

function tell(
  { picture }: CompletionData,
  { logitScale, row }: Pick<CompletionState, 'logitScale' | 'row'>,
  { seen, hidden, posterior, informed, surprise, joint, marginal, effectiveComponents, within, between }: RowReading,
): string {
  const [cell, whole] = picture === null ? ['column', 'row'] : ['pixel', 'image'];
  if (seen === 0)
    return `Nothing is seen: ${logitScale === 1 ? 'the posterior is the prior, and the prediction the mean of all components' : 'the posterior is the prior to the power T'}.`;
  const best = ranked(posterior)[0]!;
  const has = `Component ${best} has ${shareText(posterior[best]!)}`;
  if (hidden === 0)
    return `All is seen, and nothing left to predict. ${has}: that is how a mixture classifies ${picture === null ? 'a row' : 'an image'}.`;
  const truth = row === -1 ? 'what you drew' : 'the truth';
  if (posterior[best]! >= SURE && surprise !== null && informed !== null && surprise >= BELIED_NATS) {
    const other = ranked(informed)[0]!;
    return `${has}, and yet ${truth} is far likelier under ${other === best ? 'a mixture of others' : `component ${other}`}: together the hidden ${cell}s cost ${decimal(joint!, 1)} nats, one by one ${decimal(marginal!, 1)}. The mixture was sure too soon${logitScale >= 1 ? '; see what a smaller T does' : ''}.`;
  }
  if (posterior[best]! >= SURE)
    return `${has} after ${seen} ${cell}${seen === 1 ? '' : 's'}${surprise === null ? '' : `, and ${truth} agrees`}. What is open is nearly all noise within it, which no further ${cell} settles.`;
  const open = within !== null && between !== null ? sum(within) + sum(between) : 0;
  const settled =
    open > 0
      ? ` They differ in what is hidden: ${percent(sum(between!) / open)} of the variance lies between them, and further ${cell}s can settle it.`
      : '';
  return `About ${decimal(effectiveComponents, 1)} components share this ${whole}.${settled}`;
}
