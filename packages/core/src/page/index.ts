/** What pages share that open offline: markup, numbers as people read them, colors. No `node:` is needed to make them. */

export { baseStyle } from './base-style.ts';
export { count, decimal, duration, percent, scientific } from './format.ts';
export { type Content, type Html, html, markup } from './html.ts';
export { DARK_BRIGHTNESS, type Palette, palettes, propertiesOf, rgbOf } from './palette.ts';
