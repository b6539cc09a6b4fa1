/** Colors of the page by what they stand for. */
export type Palette = {
  readonly [name in 'paper' | 'tint' | 'rule' | 'ink' | 'quiet' | 'model' | 'adam' | 'descent']: string;
};

/** What brightens the pictures of a model in the dark, where its color is that much brighter too. */
export const DARK_BRIGHTNESS = 1.5;

/**
 * The two palettes. What is written in `ink`, `quiet` and the three colors of methods has a contrast of 4.5 : 1 at least with `paper` and `tint`
 * (WCAG 2, level AA); `model` in the dark is `model` in the light times `DARK_BRIGHTNESS`, so that pictures and lines of a model are one blue.
 */
export const palettes: { readonly light: Palette; readonly dark: Palette } = {
  light: {
    paper: '#ffffff',
    tint: '#f5f7fa',
    rule: '#e3e6eb',
    ink: '#15181d',
    quiet: '#5d6572',
    model: '#2d5be3',
    adam: '#bf4310',
    descent: '#5f6a78',
  },
  dark: {
    paper: '#101318',
    tint: '#181c23',
    rule: '#2d333d',
    ink: '#eceef1',
    quiet: '#99a2af',
    model: '#4489ff',
    adam: '#ff9066',
    descent: '#929cab',
  },
};

/**
 * `#2d5be3` as numbers from 0 to 255.
 *
 * @example
 * rgbOf('#2d5be3'); // [45, 91, 227]
 */
export function rgbOf(color: string): readonly [red: number, green: number, blue: number] {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return [red!, green!, blue!];
}

/**
 * A palette as custom properties of CSS.
 *
 * @example
 * propertiesOf({ paper: '#ffffff', ink: '#000000' }); // '--paper:#ffffff;--ink:#000000'
 */
export function propertiesOf(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');
}
