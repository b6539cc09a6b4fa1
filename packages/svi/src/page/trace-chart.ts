import { count, decimal, type Html, html, markup } from '@mixtention/core/page';
import { linearScale, spanOf, ticksBelow } from './axis.ts';

/** What steps raised on the way, as `sviSteps` tells it. */
export type TraceMark = { readonly step: number; readonly bound: number; readonly learningRate: number };

const [WIDTH, HEIGHT, LEFT] = [440, 220, 58];
const POINTS = 400;

type Ended = {
  readonly bound: number;
  readonly boundStandardError: number;
  readonly logEvidence: number | null;
  readonly isBound: boolean;
};

/** Estimates of the bound while steps were taken, the bound at the end, and the log evidence. */
export function traceChart(
  all: readonly TraceMark[],
  { bound, boundStandardError, logEvidence, isBound }: Ended,
): Html {
  const trace = thinned(all);
  const levels = [
    bound - 2 * boundStandardError,
    bound + 2 * boundStandardError,
    ...(logEvidence === null ? [] : [logEvidence]),
  ];
  // What the first steps climbed would leave the rest no room.
  const values = trace
    .map((one) => one.bound)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const low = values[Math.floor(0.1 * values.length)]!;
  const up = linearScale(spanOf([low, values.at(-1)!, ...(isBound ? levels : [])]), [HEIGHT, 8], 5);
  const across = linearScale([0, Math.max(1, trace.at(-1)!.step)], [LEFT, WIDTH - 12], 6);
  const y = (x: number): number => Math.min(HEIGHT, up.at(x));
  const path = trace
    .filter((one) => Number.isFinite(one.bound))
    .map(({ step, bound: each }, i) => `${i === 0 ? 'M' : 'L'}${across.at(step)} ${y(each)}`)
    .join('');
  let free = Number.NEGATIVE_INFINITY;
  const falls = trace.flatMap(({ step, learningRate }, i) => {
    if (i === 0 || learningRate === trace[i - 1]!.learningRate) return [];
    const at = across.at(step);
    const text = at < free ? null : `rate ${Number(learningRate.toPrecision(2))}`;
    if (text !== null) free = at + 8 + 7 * text.length;
    return [{ at, text }];
  });
  const spoken = `From ${decimal(trace[0]!.bound)} to ${decimal(trace.at(-1)!.bound)} nats in ${count(trace.at(-1)!.step)} steps; the bound at the end is ${decimal(bound)}`;
  return html`<svg viewBox="0 -22 ${WIDTH} ${HEIGHT + 60}" role="img" aria-label="${spoken}">
<text class="label" x="${LEFT - 8}" y="-8" text-anchor="end">nats</text>
${up.ticks.map((each) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - 12}" y1="${up.at(each)}" y2="${up.at(each)}"/><text class="label" x="${LEFT - 8}" y="${up.at(each) + 4}" text-anchor="end">${up.text(each)}</text>`)}
${falls.map(({ at, text }) => html`<line class="fall" x1="${at}" x2="${at}" y1="-4" y2="${HEIGHT}"/>${text === null ? null : html`<text class="label" x="${Math.min(at + 4, WIDTH - 7 * text.length)}" y="-8">${text}</text>`}`)}
${markup(`<path class="steps" d="${path}"/>`)}
${isBound ? html`<line class="bound" x1="${LEFT}" x2="${WIDTH - 12}" y1="${y(bound)}" y2="${y(bound)}"/>` : null}
${isBound && logEvidence !== null ? html`<line class="evidence" x1="${LEFT}" x2="${WIDTH - 12}" y1="${up.at(logEvidence)}" y2="${up.at(logEvidence)}"/>` : null}
${ticksBelow(across, HEIGHT)}<text class="label" x="${WIDTH - 12}" y="${HEIGHT + 34}" text-anchor="end">steps</text></svg>`;
}

/** Means of as many marks in a row as leave no more than can be told apart. */
function thinned(all: readonly TraceMark[]): readonly TraceMark[] {
  const every = Math.ceil(all.length / POINTS);
  if (every === 1) return all;
  return Array.from({ length: Math.ceil(all.length / every) }, (_, i) => {
    const own = all.slice(i * every, (i + 1) * every);
    return { ...own.at(-1)!, bound: own.reduce((sum, { bound }) => sum + bound, 0) / own.length };
  });
}
