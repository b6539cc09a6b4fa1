import { rgbOf } from '@mixtention/core/page';
import type { CompletionData } from './completion-data.ts';

/** Colors of the page by what they stand for. */
export type Ink = 'ink' | 'model' | 'adam' | 'descent' | 'rule' | 'quiet';

/** A cell as it is painted: a color, and how much of it. */
export type Spot = { readonly ink: Ink; readonly share: number };

/** The color that the page has now, in the light or in the dark. */
export function colorOf(name: Ink): readonly [number, number, number] {
  return rgbOf(getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

/** Paints a picture of which each cell is one point. */
export function paint(canvas: HTMLCanvasElement, { picture }: CompletionData, spotOf: (d: number) => Spot): void {
  const { width, height } = picture!;
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (let d = 0; d < width * height; d++) {
    const { ink, share } = spotOf(d);
    image.data.set([...colorOfKept(ink), Math.round(255 * Math.max(0, Math.min(1, share)))], 4 * d);
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

const kept = new Map<Ink, readonly [number, number, number]>();

/** Asked for once: a style is slow to be told. */
function colorOfKept(name: Ink): readonly [number, number, number] {
  let color = kept.get(name);
  if (color === undefined) kept.set(name, (color = colorOf(name)));
  return color;
}

/** Colors are asked for anew: the page went from light to dark, or back. */
export function forgetColors(): void {
  kept.clear();
}

/** The picture that is painted on: cells large, hidden ones hatched, a frame about the cell that keys are at. */
export function paintQuery(
  canvas: HTMLCanvasElement,
  { picture }: CompletionData,
  {
    spotOf,
    mask,
    cursor,
  }: { readonly spotOf: (d: number) => Spot; readonly mask: Uint8Array; readonly cursor: number | null },
): void {
  const { width, height } = picture!;
  const size = Math.max(2, Math.min(24, Math.round(672 / width)));
  canvas.width = width * size;
  canvas.height = height * size;
  const context = canvas.getContext('2d')!;
  const css = (ink: Ink): string => `rgb(${colorOfKept(ink).join(' ')})`;
  context.lineWidth = Math.max(1, size / 14);
  for (let d = 0; d < mask.length; d++) {
    const [x, y] = [(d % width) * size, Math.floor(d / width) * size];
    if (mask[d] === 1) {
      const { ink, share } = spotOf(d);
      context.globalAlpha = share;
      context.fillStyle = css(ink);
      context.fillRect(x, y, size, size);
      context.globalAlpha = 1;
      continue;
    }
    context.fillStyle = css('rule');
    context.fillRect(x, y, size, size);
    context.strokeStyle = css('quiet');
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(x, y + size);
    context.lineTo(x + size, y);
    context.stroke();
    context.globalAlpha = 1;
  }
  if (cursor === null) return;
  context.strokeStyle = css('model');
  context.lineWidth = Math.max(2, size / 6);
  context.strokeRect((cursor % width) * size, Math.floor(cursor / width) * size, size, size);
}

/** The cell of a picture that a finger or mouse is at. */
export function cellAt(
  canvas: HTMLCanvasElement,
  { picture }: CompletionData,
  { clientX, clientY }: Pick<PointerEvent, 'clientX' | 'clientY'>,
): number {
  const { width, height } = picture!;
  const box = canvas.getBoundingClientRect();
  const at = (place: number, count: number): number => Math.max(0, Math.min(count - 1, Math.floor(place * count)));
  return at((clientY - box.top) / box.height, height) * width + at((clientX - box.left) / box.width, width);
}
