import { type Html, html, palettes, rgbOf } from '@mixtention/core/page';
import type { Picture } from '../main-job/results.ts';
import { png, type Rgb } from './png.ts';

const SIDE = 28;
/** Lines of the half that is seen. */
export const HALF = 14;

/** What was seen is drawn in ink, what a model says in its color: the one code of the whole page. */
export const colors: { readonly data: Rgb; readonly model: Rgb } = {
  data: [0, 0, 0],
  model: rgbOf(palettes.light.model),
};

/** Grey values in [0, 1] as a picture. */
export function pictureOf(values: ArrayLike<number>): Picture {
  return Buffer.from(Uint8Array.from(values, (v) => Math.round(255 * v))).toString('base64');
}

export type PictureOptions = {
  readonly by: 'data' | 'model';
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  /** Only these lines of the picture. */
  readonly lines?: readonly [from: number, to: number];
};

/** A picture as an `img` whose bytes are in the page. */
export function pictureImage(picture: Picture, { by, label, lines: [from, to] = [0, SIDE] }: PictureOptions): Html {
  const alpha = new Uint8Array(Buffer.from(picture, 'base64')).subarray(from * SIDE, to * SIDE);
  const bytes = png({ width: SIDE, height: to - from, alpha }, colors[by]);
  const source = `data:image/png;base64,${bytes.toString('base64')}`;
  return html`<img class="${by}" width="${SIDE}" height="${to - from}" alt="${label}" src="${source}">`;
}
