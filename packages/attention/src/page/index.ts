/** Pages that open offline: markup, numbers as people read them, colors; the X-ray of heads, and completions of rows. No `node:` is needed to make them. */

export { baseStyle } from './base-style.ts';
export {
  type CompletionData,
  type CompletionInput,
  type CompletionScores,
  completionData,
  squareWidth,
} from './completion/completion-data.ts';
export { completionPage } from './completion/completion-page.ts';
export {
  type Edit,
  type EditOutcome,
  type LiveHead,
  liveHead,
  liveRows,
  norms,
  type ScoredLive,
  tryEdit,
} from './edits.ts';
export { count, decimal, duration, percent, scientific } from './format.ts';
export { type Content, type Html, html, markup } from './html.ts';
export { type PageHeads, pageHeads } from './page-heads.ts';
export { DARK_BRIGHTNESS, type Palette, palettes, propertiesOf, rgbOf } from './palette.ts';
export {
  type HeadReport,
  type HeadTensors,
  headTensors,
  type LayerReport,
  type ReportInput,
  type XrayReport,
  xrayReport,
} from './report.ts';
export { type PageData, xrayPage } from './xray-page.ts';
