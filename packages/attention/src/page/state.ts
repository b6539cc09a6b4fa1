import type { Edit } from './edits.ts';
import type { HeadReport, LayerReport, XrayReport } from './report.ts';

/** What is looked at. */
export type State = {
  /** Place of the head in the report. */
  readonly head: number;
  readonly query: number;
  readonly key: number;
  readonly partner: number;
  readonly factor: number;
  readonly edit: Edit | null;
  /** Whether all keys are listed. */
  readonly isLong: boolean;
};

/** Where a page opens: the head that chooses among several keys and for each query others, at its most surprising token. */
export function firstState(report: XrayReport): State {
  const { heads } = report;
  const told = heads.map(({ mutualInformation, entropy }) => Math.min(mutualInformation, entropy));
  const head = told.indexOf(Math.max(...told));
  const surprise = heads[head]!.queries.surprise ?? [];
  const most = surprise.reduce<number>(
    (best, one, n) => ((one ?? Number.NEGATIVE_INFINITY) > (surprise[best] ?? Number.NEGATIVE_INFINITY) ? n : best),
    0,
  );
  return selectHead({ head, query: most, key: 0, partner: 1, factor: 1, edit: null, isLong: false }, report, head);
}

/** Another head: its most used key, and what goes with it. */
export function selectHead(state: State, report: XrayReport, head: number): State {
  const { usage } = report.heads[head]!;
  const key = usage.reduce<number>((best, one, k) => ((one ?? 0) > (usage[best] ?? 0) ? k : best), 0);
  return selectKey(
    { ...state, head, edit: null, factor: 1, query: Math.min(state.query, report.tokens.length - 1) },
    report,
    key,
  );
}

export function selectKey(state: State, report: XrayReport, key: number): State {
  const partner = report.heads[state.head]!.keys.mergePartner?.[key] ?? -1;
  return { ...state, key, partner: partner >= 0 ? partner : key === 0 ? Math.min(1, report.keyTokens.length - 1) : 0 };
}

export function headOf(report: XrayReport, { head }: State): HeadReport {
  return report.heads[head]!;
}

export function layerOf(report: XrayReport, state: State): LayerReport {
  const { layer } = headOf(report, state);
  return report.layers.find((one) => one.layer === layer)!;
}
