import { type Html, html, percent } from '@mixtention/core/page';
import type { CompletedDigit } from '../../main-job/results.ts';
import { pictureImage } from '../picture.ts';

/** Components, each with its picture and its share of a row as a bar. */
export function responsibilityBars(top: CompletedDigit['top']): Html {
  return html`<ul class="bars">${top.map(bar)}</ul>`;
}

function bar({ component, responsibility, picture }: CompletedDigit['top'][number]): Html {
  const width = (100 * responsibility).toFixed(1);
  return html`<li>${pictureImage(picture, { by: 'model', label: `component ${component + 1}` })}<span class="track"><span class="bar" style="width:${width}%"></span></span><span class="share">${percent(responsibility)}</span></li>`;
}
