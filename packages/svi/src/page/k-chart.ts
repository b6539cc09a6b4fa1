import { decimal, type Html, html } from '@mixtention/core/page';
import { DOUBTFUL, USABLE } from '../report/index.ts';
import { linearScale, ticksBelow } from './axis.ts';

const [WIDTH, LEAST, MOST] = [440, -0.2, 1.2];
const [TOP, BOTTOM] = [44, 74];

type Mark = { readonly name: string; readonly paretoK: number };

/** k̂ on its scale: where it is good, usable, and beyond. */
export function kChart(guide: number, mended: number | null): Html {
  const scale = linearScale([LEAST, MOST], [8, WIDTH - 8], 7);
  const zones = [
    { from: LEAST, to: DOUBTFUL, name: 'good', look: 'good' },
    { from: DOUBTFUL, to: USABLE, name: 'usable', look: 'usable' },
    { from: USABLE, to: MOST, name: 'not to be believed', look: 'beyond' },
  ];
  const marks: Mark[] = [
    { name: mended === null ? 'k̂' : 'guide', paretoK: guide },
    ...(mended === null ? [] : [{ name: 'what was learnt from it', paretoK: mended }]),
  ];
  const spoken = marks.map(({ name, paretoK }) => `${name} ${decimal(paretoK)}`).join(', ');
  return html`<svg viewBox="0 0 ${WIDTH} 100" role="img" aria-label="Pareto k: ${spoken}; good below ${DOUBTFUL}, usable to ${USABLE}">
${zones.map(({ from, to, name, look }) => html`<rect class="zone ${look}" x="${scale.at(from)}" width="${scale.at(to) - scale.at(from)}" y="${TOP}" height="${BOTTOM - TOP}"/><text class="label" x="${(scale.at(from) + scale.at(to)) / 2}" y="${TOP + 20}" text-anchor="middle">${name}</text>`)}
${ticksBelow(scale, BOTTOM)}
${marks.map((mark, i) => pointer(mark, scale.at(Math.max(LEAST, Math.min(MOST, mark.paretoK))), i > 0 || mended === null))}</svg>`;
}

/** A triangle above the scale, with its number; one that is beyond the scale stands at its end. */
function pointer({ name, paretoK }: Mark, x: number, isTold: boolean): Html {
  // What is learnt has the smaller k̂: names stand to either side.
  const isRight = isTold ? x < 170 : x < WIDTH - 76;
  const y = isTold ? 14 : 32;
  return html`<path class="${isTold ? 'told' : 'guide'} pointer" d="M${x} ${TOP}l-6 ${isTold ? -22 : -8}h12z"/><text class="${isTold ? 'told' : 'guide'} pointed" x="${isRight ? x + (isTold ? -6 : 9) : x + (isTold ? 6 : -9)}" y="${y}" text-anchor="${isRight ? 'start' : 'end'}">${name} ${decimal(paretoK)}</text>`;
}
