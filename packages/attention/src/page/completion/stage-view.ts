import { decimal, type Html, html, markup, percent } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState, Preset, Stage } from './completion-state.ts';
import { same } from './completion-state.ts';
import type { RowReading } from './row-reading.ts';
import { shareText } from './share-text.ts';

/** Components that are listed; the others are told together. */
export const LISTED = 6;

const STAGES: readonly { readonly stage: Stage; readonly name: string; readonly says: string }[] = [
  { stage: 'prior', name: 'Before', says: 'Weights of the components before anything is seen: the prior.' },
  {
    stage: 'posterior',
    name: 'Seen part',
    says: 'Responsibilities: the prior times how well each explains what is seen.',
  },
  { stage: 'informed', name: 'And the rest', says: 'What they become once the hidden part is known too.' },
];

/** A toggle that is one of several: a button that says whether it is pressed. */
export function choice(does: string, at: string | number, name: string, isOn: boolean): Html {
  return html`<button type="button" class="choice" data-do="${does}" data-at="${at}" aria-pressed="${String(isOn)}">${name}</button>`;
}

/** A picture that the page's program paints. */
export function canvas(name: string, label: string, { picture }: CompletionData): Html {
  const { width, height } = picture!;
  return html`<canvas data-picture="${name}" width="${width}" height="${height}" role="img" aria-label="${label}"></canvas>`;
}

/** Rows to choose from. */
export function rowsView(data: CompletionData, state: CompletionState): Html {
  const rows = data.rows.map(({ name }, n) => {
    const isOn = n === state.row;
    if (data.picture === null) return choice('row', n, name, isOn);
    return html`<button type="button" class="thumb" data-do="row" data-at="${n}" aria-pressed="${String(isOn)}" title="${name}">${canvas(`row:${n}`, name, data)}</button>`;
  });
  const own = data.picture !== null && data.isBinary ? choice('row', -1, 'Draw your own', state.row === -1) : null;
  return html`<div class="rows">${rows}${own}</div>`;
}

/** Ways to choose what is seen, and what the brush does. */
export function toolsView(data: CompletionData, state: CompletionState, presets: readonly Preset[]): Html {
  const chosen = presets.map(({ name, mask }, i) => choice('preset', i, name, same(mask, state.mask)));
  if (data.picture === null) return html`<div class="tools" role="group" aria-label="What is seen">${chosen}</div>`;
  const brushes = (
    [
      ['show', 'Show'],
      ['hide', 'Hide'],
      ...(data.isBinary
        ? ([
            ['ink', 'Draw'],
            ['blank', 'Erase'],
          ] as const)
        : []),
    ] as const
  ).map(([brush, name]) => choice('brush', brush, name, state.brush === brush));
  return html`<div class="tools" role="group" aria-label="What the brush does"><span class="label">Brush</span>${brushes}</div>
<div class="tools" role="group" aria-label="What is seen"><span class="label">Or show</span>${chosen}</div>`;
}

/** Weights of a stage; those with the truth only where it is scored. */
export function weightsOf({ prior, posterior, informed }: RowReading, stage: Stage): Float64Array {
  return stage === 'prior' ? prior : stage === 'informed' && informed !== null ? informed : posterior;
}

/** Components by falling weight; equal ones in their order. */
export function ranked(weights: Float64Array): number[] {
  return Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]! || a - b);
}

/** The components that share the row, with their pictures. */
export function componentsView(data: CompletionData, state: CompletionState, reading: RowReading): Html {
  const weights = weightsOf(reading, state.stage);
  const order = ranked(weights);
  const shown = order.slice(0, LISTED);
  const most = weights[order[0]!]!;
  const [winner] = ranked(reading.posterior);
  const rows = shown.map((k) => {
    const share = shareText(weights[k]!);
    const face = data.picture === null ? html`<b>${k}</b>` : canvas(`component:${k}`, `Component ${k}`, data);
    return html`<li><button type="button" data-do="rival" data-at="${k}" aria-pressed="${String(k === state.rival)}" aria-label="Component ${k}, ${share}${k === winner ? '' : ': hold it against the most responsible one'}">${face}<span class="track"><span class="bar" style="width:${((100 * weights[k]!) / most).toFixed(1)}%"></span></span><span class="share">${share}</span></button></li>`;
  });
  const rest = order.slice(LISTED).reduce((sum, k) => sum + weights[k]!, 0);
  const stages = STAGES.filter(({ stage }) => stage !== 'informed' || reading.informed !== null);
  const { says } = STAGES.find(({ stage }) => stage === state.stage)!;
  return html`<div class="tools" role="group" aria-label="When">${stages.map(({ stage, name }) => choice('stage', stage, name, stage === state.stage))}</div>
<ol class="components">${rows}</ol>
<p class="remark">${order.length > LISTED ? `The other ${order.length - LISTED} share ${percent(rest)}. ` : ''}${says}</p>`;
}

/** How much is seen, under the picture of it. */
export function seenView(data: CompletionData, { seen, hidden }: RowReading): Html {
  const cells = data.picture === null ? 'columns' : 'pixels';
  return html`<b data-number="seen">${seen}</b> of ${seen + hidden} ${cells} ${seen === 1 ? 'is' : 'are'} seen.`;
}

/** The prediction beside the truth, and rows that might have been. */
export function predictionView(data: CompletionData, state: CompletionState, reading: RowReading): Html {
  const truth = state.row === -1 ? 'What you drew' : 'The truth';
  const draws = [0, 1, 2].map((i) => html`<figure>${canvas(`sample:${i}`, `Draw ${i + 1}`, data)}</figure>`);
  return html`<figure class="large">${canvas('completed', 'What is seen, and the mean of what is hidden', data)}<figcaption>Mean: each hidden pixel is its probability, the average over the components.</figcaption></figure>
<div class="pair"><div>${reading.absent.samples === undefined ? html`<div class="draws">${draws}</div><p class="remark">Three draws: a component first, then its pixels. <button type="button" class="plain" data-do="draw">Draw again</button></p>` : html`<p class="absent">Draws: ${reading.absent.samples}</p>`}</div>
<figure class="truth">${canvas('truth', truth, data)}<figcaption>${truth}</figcaption></figure></div>`;
}

/** What stays open, split by the law of total variance. */
export function openView(data: CompletionData, { within, between, absent, hidden }: RowReading): Html {
  if (within === null || between === null) return html`<p class="absent">Variance: ${absent.variance ?? ''}</p>`;
  const [inside, across] = [sum(within), sum(between)];
  const all = inside + across;
  const share = all > 0 ? across / all : 0;
  const maps =
    data.picture === null
      ? null
      : html`<div class="two"><figure>${canvas('between', 'Between components', data)}<figcaption><i class="swatch between"></i>Between: which component?</figcaption></figure>
<figure>${canvas('within', 'Within components', data)}<figcaption><i class="swatch within"></i>Within: noise of one component</figcaption></figure></div>`;
  return html`${maps}
<div class="split" role="img" aria-label="${percent(share)} between components, ${percent(1 - share)} within">${markup(`<span class="between" style="width:${(100 * share).toFixed(1)}%"></span><span class="within" style="width:${(100 * (1 - share)).toFixed(1)}%"></span>`)}</div>
<p class="remark">${hidden === 0 ? 'Nothing is hidden: nothing is open.' : html`Variance of the hidden cells, summed: <b data-number="variance">${decimal(all, 2)}</b>, of which <b data-number="between">${percent(share)}</b> lies between components. More pixels can settle that part; the rest is noise that no pixel settles.`}</p>`;
}

export function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
