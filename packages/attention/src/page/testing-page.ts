import type { Matrix } from '@mixtention/core';
import type { Html } from '@mixtention/core/page';
import { naiveAttention } from '../testing/naive-attention.ts';
import { liveHead, type ScoredLive } from './edits.ts';
import type { XrayReport } from './report.ts';
import { firstState, type State, selectHead } from './state.ts';
import { smallReport } from './testing-report.ts';
import { type PageData, xrayPage } from './xray-page.ts';

/** A small page, and what is computed from the JSON that it holds, by the textbook. */
export const page: string = xrayPage(smallReport(), 'void 0');
const data = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!) as PageData;
export const report: XrayReport = data.report;
export const N: number = report.tokens.length;
export const live: readonly ScoredLive[] = data.tensors.map((one) => liveHead(one, true) as ScoredLive);
export const read: readonly ReturnType<typeof naiveAttention>[] = live.map(({ q, k, v, scale }) =>
  naiveAttention(q, k, v as Matrix, scale, (n, key) => (key > n ? Number.NEGATIVE_INFINITY : 0)),
);
export const rowsOf = (h: number): number[][] =>
  Array.from({ length: N }, (_, n) => [...read[h]!.responsibilities.subarray(n * N, (n + 1) * N)]);
export const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;
/** Markup as it is read. */
export const textOf = ({ html }: Html): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\u00a0]+/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
/** The page at a head. */
export const at = (h: number): State => selectHead(firstState(report), report, h);
