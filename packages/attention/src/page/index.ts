/** Pages that open offline: the X-ray of heads, and completions of rows. No `node:` is needed to make them; what pages share is in `@mixtention/core/page`. */

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
export { type PageHeads, pageHeads } from './page-heads.ts';
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
