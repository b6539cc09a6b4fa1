import { count, type Html, html, markup, percent } from '@mixtention/core/page';
import { digitsFor, linearScale, round, spanOf, ticksBelow, worded } from './axis.ts';
import { interval } from './intervals.ts';
import type { Site, SiteNumber } from './numbers-of.ts';

/** Numbers that have a line each. */
const LISTED = 40;
/** Points of a band that an eye can tell apart. */
const POINTS = 800;
const WIDTH = 440;

/** A site of many numbers: an interval for each, or bands over all where these would be too many. */
export function membersChart(site: Site, isCorrected: boolean): Html {
  if (areSwitches(site)) return shares(site);
  return site.numbers.length > LISTED ? bands(site, isCorrected) : list(site, isCorrected);
}

/** Whether all numbers are 0 or 1: all that there is to know is how probable 1 is. */
export const areSwitches = ({ numbers }: Site): boolean =>
  numbers.every(({ draws, told }) => (draws.length > 0 ? draws : told.quantiles).every((x) => x === 0 || x === 1));

const limits = (numbers: readonly SiteNumber[], isCorrected: boolean): readonly [number, number] =>
  spanOf(
    numbers.flatMap(({ told, guide }) => [
      told.quantiles[0]!,
      told.quantiles[4]!,
      ...(isCorrected ? [guide.quantiles[0]!, guide.quantiles[4]!] : []),
    ]),
  );

function list({ name, numbers }: Site, isCorrected: boolean): Html {
  const line = isCorrected ? 26 : 20;
  const left = 16 + 7.7 * Math.max(...numbers.map((one) => one.name.length));
  const height = 8 + line * numbers.length;
  const scale = linearScale(limits(numbers, isCorrected), [left, WIDTH - 12], 7);
  const spoken = numbers.map(({ name: own, told }) => `${own} ${worded(told.mean, digitsFor(told.sd))}`).join(', ');
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 24}" role="img" aria-label="Means of ${name}: ${spoken}">
${scale.ticks.map((x) => html`<line class="grid" x1="${scale.at(x)}" x2="${scale.at(x)}" y1="0" y2="${height}"/>`)}${ticksBelow(scale, height)}
${numbers.map(({ name: own, told, guide }, i) => {
  const y = 8 + line * (i + 0.4);
  return html`<text class="member" x="0" y="${round(y + 4.5)}">${own}</text>${interval(told, scale, y, false)}${isCorrected ? interval(guide, scale, y + 9, true) : null}`;
})}</svg>`;
}

function bands({ name, numbers }: Site, isCorrected: boolean): Html {
  const every = Math.ceil(numbers.length / POINTS);
  const shown = numbers.filter((_, i) => i % every === 0);
  const [left, height] = [52, 200];
  const across = linearScale([0, Math.max(1, numbers.length - 1)], [left, WIDTH - 12], 5);
  const up = linearScale(limits(shown, isCorrected), [height, 6], 5);
  const x = (i: number): number => across.at(i * every);
  const path = (of: (one: SiteNumber) => number): string =>
    shown.map((one, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${up.at(of(one))}`).join('');
  const band = (low: number, high: number): string => {
    const back = [...shown.keys()].reverse().map((i) => `L${x(i)} ${up.at(shown[i]!.told.quantiles[low]!)}`);
    return `${path(({ told }) => told.quantiles[high]!)}${back.join('')}Z`;
  };
  const means = spanOfMeans(numbers);
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 38}" role="img" aria-label="${count(numbers.length)} numbers of ${name}, means from ${means[0]} to ${means[1]}">
${up.ticks.map((y) => html`<line class="grid" x1="${left}" x2="${WIDTH - 12}" y1="${up.at(y)}" y2="${up.at(y)}"/><text class="label" x="${left - 8}" y="${up.at(y) + 4}" text-anchor="end">${up.text(y)}</text>`)}
${markup(`<path class="wide-band" d="${band(0, 4)}"/><path class="narrow-band" d="${band(1, 3)}"/><path class="median" d="${path(({ told }) => told.quantiles[2]!)}"/>`)}
${isCorrected ? markup(`<path class="guide-edge" d="${path(({ guide }) => guide.quantiles[0]!)}"/><path class="guide-edge" d="${path(({ guide }) => guide.quantiles[4]!)}"/>`) : null}
${ticksBelow(across, height)}<text class="label" x="${WIDTH - 12}" y="${height + 34}" text-anchor="end">number, counted from 0${every > 1 ? `; one in ${every} is drawn` : ''}</text></svg>`;
}

/** How probable 1 is: a bar a number, or a line over all of them. */
function shares({ name, numbers }: Site): Html {
  const every = Math.ceil(numbers.length / POINTS);
  const shown = numbers.filter((_, i) => i % every === 0);
  const [left, height] = [52, 140];
  const across = linearScale([-0.5, numbers.length - 0.5], [left, WIDTH - 12], 5);
  const up = linearScale([0, 1], [height, 6], 4);
  const width = round(Math.min(28, Math.max(0.5, (0.8 * (WIDTH - 12 - left)) / shown.length)));
  const spoken = shown.slice(0, LISTED).map(({ name: own, told }) => `${own} ${percent(told.mean)}`);
  const ticks = { ...across, ticks: across.ticks.filter(Number.isInteger) };
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 38}" role="img" aria-label="How probable 1 is, of ${name}: ${spoken.join(', ')}">
${up.ticks.map((y) => html`<line class="grid" x1="${left}" x2="${WIDTH - 12}" y1="${up.at(y)}" y2="${up.at(y)}"/><text class="label" x="${left - 8}" y="${up.at(y) + 4}" text-anchor="end">${percent(y)}</text>`)}
${shown.map(({ told }, i) => html`<rect class="bar" x="${round(across.at(i * every) - width / 2)}" width="${width}" y="${up.at(told.mean)}" height="${round(height - up.at(told.mean))}"/>`)}
${ticksBelow(ticks, height)}<text class="label" x="${WIDTH - 12}" y="${height + 34}" text-anchor="end">number, counted from 0: how probable 1 is</text></svg>`;
}

function spanOfMeans(numbers: readonly SiteNumber[]): readonly [string, string] {
  const means = numbers.map(({ told }) => told.mean).sort((a, b) => a - b);
  const digits = digitsFor(numbers[0]!.told.sd);
  return [worded(means[0]!, digits), worded(means.at(-1)!, digits)];
}
