import { counted } from '@mixtention/core/base';
import { decimal, type Html, html, markup } from '@mixtention/core/page';
import { type Axis, axis, drawing, gridOf, LEFT, pathOf, RIGHT } from './chart.ts';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { RevealStep } from './row-reading.ts';
import { shareText } from './share-text.ts';

/** The buttons that reveal a row part by part. */
export function revealControls(
  data: CompletionData,
  { at, steps, isPlaying }: { readonly at: number | null; readonly steps: number; readonly isPlaying: boolean },
): Html {
  const part = data.picture === null ? 'column' : 'line';
  const off = (isOff: boolean): Html => markup(isOff ? ' disabled' : '');
  return html`<div class="revealing"><div class="tools" role="group" aria-label="Reveal ${part} by ${part}"><button type="button" data-do="reveal" data-at="${(at ?? 1) - 1}" data-step="less" aria-label="One ${part} less"${off(at === null || at === 0)}>←</button>
<button type="button" data-do="reveal" data-at="${(at ?? -1) + 1}" data-step="more" class="main"${off(at === steps)}>Reveal next ${part} →</button>
<button type="button" data-do="play" aria-pressed="${String(isPlaying)}">${isPlaying ? 'Stop' : 'Play'}</button></div>
<p class="remark">${at === null ? `What is seen is no run of ${part}s from the first: revealing begins with none.` : `${data.picture === null ? '' : `${at} of ${steps} lines are seen. `}The arrow keys → and ← do it too, from these buttons.`}</p></div>`;
}

/** The step at a place of the charts, so many points from their left. */
export function stepAt(place: number, width: number, last: number): number {
  return Math.round(last * Math.max(0, Math.min(1, (place - LEFT) / (width - LEFT - RIGHT))));
}

type Frame = { readonly steps: readonly RevealStep[]; readonly at: number | null; readonly width: number };

/** Evidence that has been gathered and what is still to come, and how many components are left, against the parts that are seen. */
export function revealView(data: CompletionData, { logitScale }: CompletionState, { steps, at, width }: Frame): Html {
  const part = data.picture === null ? 'columns' : 'lines';
  const last = steps.length - 1;
  const x = axis(0, last, LEFT, width - RIGHT);
  const whole = steps[last]!.told;
  const isScored = steps[0]!.left !== null;
  const now = at === null ? null : steps[at]!;
  const label = `From ${decimal(steps[0]!.effectiveComponents, 1)} components in play to ${decimal(steps[last]!.effectiveComponents, 1)} over ${counted(last, part.slice(0, -1))}`;
  return html`<figure class="chart">${evidenceChart(steps, { x, at, width, whole })}<figcaption><span><i class="area told"></i>told: −log p(seen)</span> ${isScored ? html`<span><i class="area left"></i>left: −log p(hidden | seen)</span> <span><i class="line whole"></i>−log p(all) = ${decimal(whole, 1)} nats${logitScale === 1 ? `: the two add up to it whatever is seen, by the chain rule` : '; at T = 1 the two add up to it whatever is seen'}</span>` : null}</figcaption></figure>
<figure class="chart">${componentsChart(steps, { x, at, width, label })}<figcaption><span><i class="line joint"></i>components in play, exp H, against the number of ${part} that are seen</span> ${now === null ? null : html`<span>Now <b data-number="revealed">${decimal(now.effectiveComponents, 2)}</b>; component ${now.best} has ${shareText(now.share)}${now.left === null ? '' : `; ${decimal(now.told, 1)} nats told, ${decimal(now.left, 1)} left`}.</span>`}</figcaption></figure>`;
}

type Place = { readonly x: Axis; readonly at: number | null; readonly width: number };

function evidenceChart(
  steps: readonly RevealStep[],
  { x, at, width, whole }: Place & { readonly whole: number },
): Html {
  const height = 200;
  const tops = steps.map(({ told, left }) => told + (left ?? 0));
  const y = axis(Math.min(0, ...steps.map(({ told }) => told)), Math.max(whole, ...tops), height - 22, 10);
  const points = (of: (step: RevealStep) => number): (readonly [number, number])[] =>
    steps.map((step, s) => [x.at(s), y.at(of(step))]);
  const floor = points(() => y.least).reverse();
  const told = points((step) => step.told);
  const area = (over: readonly (readonly [number, number])[], under: readonly (readonly [number, number])[]): string =>
    `${pathOf([...over, ...under])}Z`;
  const left =
    steps[0]!.left === null
      ? ''
      : `<path class="left" d="${area(
          points(({ told, left }) => told + left!),
          [...told].reverse(),
        )}"/>`;
  return drawing(width, height, `Nats told and left, part by part, of ${decimal(whole, 1)} in all`, [
    markup(`${left}<path class="told" d="${area(told, floor)}"/>`),
    gridOf(y, { left: LEFT, right: width - RIGHT }),
    markup(
      `<line class="whole" x1="${LEFT}" x2="${width - RIGHT}" y1="${y.at(whole).toFixed(1)}" y2="${y.at(whole).toFixed(1)}"/>${cursor(x, at, height)}`,
    ),
  ]);
}

function componentsChart(
  steps: readonly RevealStep[],
  { x, at, width, label }: Place & { readonly label: string },
): Html {
  const height = 130;
  const y = axis(1, Math.max(1.5, ...steps.map(({ effectiveComponents }) => effectiveComponents)), height - 22, 10);
  const line = pathOf(steps.map(({ effectiveComponents }, s) => [x.at(s), y.at(effectiveComponents)]));
  const every = Math.max(1, Math.ceil(steps.length / 8));
  const ticks = steps
    .map((_, s) => s)
    .filter((s) => s % every === 0)
    .map((s) => `<text class="tick" x="${x.at(s).toFixed(1)}" y="${height - 6}" text-anchor="middle">${s}</text>`);
  return drawing(width, height, label, [
    gridOf(y, { left: LEFT, right: width - RIGHT }, 3),
    markup(`<path class="joint" d="${line}"/>${ticks.join('')}${cursor(x, at, height)}`),
  ]);
}

function cursor(x: Axis, at: number | null, height: number): string {
  if (at === null) return '';
  const place = x.at(at).toFixed(1);
  return `<line class="now" x1="${place}" x2="${place}" y1="10" y2="${height - 22}"/>`;
}
