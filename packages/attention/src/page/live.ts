/** The program of the X-ray page: runs in a browser, with the kernel of this package. */

import type { Matrix } from '@mixtention/core';
import { decimal } from '@mixtention/core/page';
import { weightOf } from '../xray/read-keys.ts';
import { type EditOutcome, type LiveHead, liveHead, liveRows, tryEdit } from './edits.ts';
import { gridView } from './grid-view.ts';
import { headView, pointText, queryView, stripsView, tokensView } from './head-view.ts';
import { keysView } from './keys-view.ts';
import { show } from './show-view.ts';
import { firstState, headOf, type State, selectHead, selectKey } from './state.ts';
import { outcomeView, whatIfView } from './what-if-view.ts';
import type { PageData } from './xray-page.ts';

const { report, tensors } = JSON.parse(document.getElementById('data')!.textContent!) as PageData;
const canvas = document.querySelector('canvas')!;
const caption = document.querySelector('.matrix figcaption')!;
let state: State = firstState(report);
let live: LiveHead = liveHead(tensors[state.head]!, report.isCausal);
let rows: Matrix = liveRows(live);

function rowOf(query: number): Float64Array {
  return Float64Array.from(rows.data.subarray(query * rows.cols, (query + 1) * rows.cols));
}

function showReading(): void {
  const row = rowOf(state.query);
  show('tokens', tokensView(report, state, row));
  show('query', queryView(report, state, row));
  show('strips', stripsView(report, state));
}

function showHead(): void {
  show('grid', gridView(report, state));
  show('head', headView(report, state));
  showReading();
  showEdits();
  drawMatrix();
}

function showEdits(): void {
  show('keys', keysView(report, state));
  show('what-if', whatIfView(report, state, { outcome: outcomeOf(), isScored: 'q' in live }));
}

function outcomeOf(): EditOutcome | null {
  return state.edit && tryEdit(live, state.edit, headOf(report, state));
}

function openHead(at: number): void {
  state = selectHead(state, report, at);
  live = liveHead(tensors[at]!, report.isCausal);
  rows = liveRows(live);
  showHead();
}

/** Shares as opacities of the model's color; the root of a share, so that small ones are seen. */
function drawMatrix(): void {
  const { data, rows: N, cols: K } = rows;
  const [red, green, blue] = (
    /^#(..)(..)(..)$/.exec(getComputedStyle(document.documentElement).getPropertyValue('--model').trim()) ?? []
  )
    .slice(1)
    .map((part) => Number.parseInt(part, 16));
  canvas.width = K;
  canvas.height = N;
  const image = new ImageData(K, N);
  for (let i = 0; i < N * K; i++) image.data.set([red!, green!, blue!, 255 * Math.sqrt(data[i]!)], 4 * i);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

function pointed(event: PointerEvent | MouseEvent): { n: number; k: number } {
  const box = canvas.getBoundingClientRect();
  const at = (part: number, count: number): number => Math.max(0, Math.min(count - 1, Math.floor(part * count)));
  return {
    n: at((event.clientY - box.top) / box.height, rows.rows),
    k: at((event.clientX - box.left) / box.width, rows.cols),
  };
}

/** A mouse passes over, a finger presses. */
for (const kind of ['pointermove', 'pointerdown'] as const)
  canvas.addEventListener(kind, (event) => {
    const { n, k } = pointed(event);
    caption.textContent = pointText(report, n, k, rows.data[n * rows.cols + k]!);
  });
canvas.addEventListener('click', (event) => {
  state = { ...state, query: pointed(event).n };
  showReading();
});

const ACTIONS: { readonly [name: string]: (at: number) => void } = {
  head: openHead,
  query(at) {
    state = { ...state, query: at };
    showReading();
  },
  key(at) {
    state = { ...selectKey(state, report, at), edit: null };
    showEdits();
  },
  long() {
    state = { ...state, isLong: !state.isLong };
    show('keys', keysView(report, state));
  },
  prune() {
    state = { ...state, edit: { kind: 'prune', keys: [state.key] } };
    showEdits();
  },
  merge() {
    const { key: i, partner: j } = state;
    const usage = Float64Array.from(headOf(report, state).usage, (share) => share ?? 0);
    state = { ...state, edit: { kind: 'merge', i, j, weight: weightOf(usage, i, j) } };
    showEdits();
  },
  'remove-head'() {
    state = { ...state, edit: { kind: 'head' } };
    showEdits();
  },
};

document.addEventListener('click', (event) => {
  const target = (event.target as Element).closest<HTMLElement>('[data-do]');
  if (target !== null) ACTIONS[target.dataset.do!]?.(Number(target.dataset.at));
});

// The slider stays in its place while it is drawn: what it says, and what follows, is shown beside it.
document.addEventListener('input', (event) => {
  const field = event.target as HTMLInputElement;
  const value = Number(field.value);
  if (field.dataset.set === 'key') ACTIONS.key!(value);
  else if (field.dataset.set === 'partner') state = { ...state, partner: value };
  else if (field.dataset.set === 'factor') {
    const factor = 2 ** value;
    state = { ...state, factor, edit: { kind: 'scale', factor } };
    document.querySelector('.slider output')!.textContent = decimal(factor, 2);
    show('outcome', outcomeView(report, state, outcomeOf()));
  }
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawMatrix);
showHead();
