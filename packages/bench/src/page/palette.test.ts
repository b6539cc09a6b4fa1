import { DARK_BRIGHTNESS, type Palette, palettes, rgbOf } from '@mixtention/core/page';
import { expect, test } from 'vitest';
import { colors } from './picture.ts';

const WRITTEN = ['ink', 'quiet', 'model', 'adam', 'descent'] as const;

test.each(Object.entries(palettes))(
  'in %s colors all that is written can be read: contrast 4.5 : 1 at least',
  (_, palette) => {
    for (const name of WRITTEN) {
      for (const ground of ['paper', 'tint'] as const) {
        expect(contrast(palette, name, ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  },
);

test('pictures of a model have the blue of its lines, in the light and in the dark', () => {
  expect(colors.model).toEqual(rgbOf(palettes.light.model));
  const brightened = colors.model.map((value) => Math.min(255, Math.round(DARK_BRIGHTNESS * value)));
  expect(rgbOf(palettes.dark.model)).toEqual(brightened);
});

/** Contrast ratio of WCAG 2.2, from relative luminances. */
function contrast(palette: Palette, name: keyof Palette, ground: keyof Palette): number {
  const [high, low] = [luminance(palette[name]), luminance(palette[ground])].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = rgbOf(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
