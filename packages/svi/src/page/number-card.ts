import { type Html, html } from '@mixtention/core/page';
import { digitsFor, linearScale, round, spanOf, ticksBelow, worded } from './axis.ts';
import { interval } from './intervals.ts';
import type { SiteNumber } from './numbers-of.ts';

const [WIDTH, HEIGHT] = [300, 168];
const [TOP, BOTTOM] = [8, 98];
const BINS = 40;
/** Values that are few are bars of their own. */
const FEW = 25;

/** One number: its draws as a histogram, below it intervals as they are told and as the guide says. */
export function numberCard({ name, told, guide, draws }: SiteNumber, isCorrected: boolean, isHeavy: boolean): Html {
  const sorted = draws.filter(Number.isFinite).sort();
  // A draw of a thousand may lie anywhere: what it would do to the scale is not worth it.
  const inner = [0.002, 0.998].map((p) => sorted[Math.floor(p * (sorted.length - 1))] ?? Number.NaN);
  const span = spanOf([
    ...inner,
    told.quantiles[0]!,
    told.quantiles[4]!,
    ...(isCorrected ? [guide.quantiles[0]!, guide.quantiles[4]!] : []),
  ]);
  const bars = barsOf(sorted, span);
  const most = Math.max(...bars.map(({ count }) => count));
  // Bars of whole numbers are wider than these.
  const wide = [
    Math.min(span[0], ...bars.map(({ from }) => from)),
    Math.max(span[1], ...bars.map(({ to }) => to)),
  ] as const;
  const scale = linearScale(wide, [8, WIDTH - 8], 6);

  const digits = digitsFor(told.sd);
  const words = `${name}: mean ${worded(told.mean, digits)}, deviation ${worded(told.sd, digits)}, 95 % from ${worded(told.quantiles[0]!, digits)} to ${worded(told.quantiles[4]!, digits)}`;
  return html`<figure class="number-card"><figcaption><b>${name}</b>${isHeavy ? html`<span class="heavy" title="its deviation rests on few draws">heavy tail</span>` : null}<span class="moments">${worded(told.mean, digits)} ± ${worded(told.sd, digits)}</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">${bars.map(({ from, to, count }) => {
    const [left, right] = [scale.at(from), scale.at(to)];
    const height = round(((BOTTOM - TOP) * count) / most);
    return html`<rect class="bar" x="${left}" width="${round(Math.max(0.5, right - left - 0.6))}" y="${round(BOTTOM - height)}" height="${height}"/>`;
  })}<line class="axis" x1="0" x2="${WIDTH}" y1="${BOTTOM}" y2="${BOTTOM}"/>${ticksBelow(scale, BOTTOM)}${interval(told, scale, 132, false)}${isCorrected ? interval(guide, scale, 150, true) : null}</svg></figure>`;
}

type Bar = { readonly from: number; readonly to: number; readonly count: number };

function barsOf(sorted: Float64Array, [least, most]: readonly [number, number]): Bar[] {
  const values = new Set<number>();
  for (const x of sorted) if (values.size <= FEW) values.add(x);
  if (values.size <= FEW && sorted.every(Number.isInteger)) {
    return [...values].map((x) => ({ from: x - 0.3, to: x + 0.3, count: sorted.filter((each) => each === x).length }));
  }
  const width = (most - least) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const x of sorted) {
    const bin = Math.floor((x - least) / width);
    if (bin >= 0 && bin < BINS) counts[bin]!++;
  }
  return counts.flatMap((count, i) =>
    count === 0 ? [] : [{ from: least + i * width, to: least + (i + 1) * width, count }],
  );
}
