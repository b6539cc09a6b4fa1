/** The program of the completion page: runs in a browser, with the kernel of this package. */

import { html } from '@mixtention/core/page';
import { MixtureModel } from '@mixtention/mixture';
import { attentionFromMixture } from '../../from-mixture/attention-from-mixture.ts';
import { show } from '../show-view.ts';
import { cellsView } from './cells-view.ts';
import type { CompletionData } from './completion-data.ts';
import {
  type Brush,
  type CompletionState,
  firstCompletionState,
  partOf,
  presetsOf,
  questionOf,
  revealed,
  type Stage,
  stroke,
} from './completion-state.ts';
import { followChart } from './follow-chart.ts';
import { numbersView } from './numbers-view.ts';
import { cellAt, forgetColors, paint, paintQuery } from './paint.ts';
import { revealControls, revealView, stepAt } from './reveal-view.ts';
import {
  abilitiesOf,
  drawRows,
  type RevealStep,
  type RowReading,
  readReveal,
  readRow,
  readScale,
  type ScalePoint,
} from './row-reading.ts';
import { scaleAt, scalesOf, scalesView, scaleText, scaleValueView, scaleView } from './scale-view.ts';
import { spotsOf, toneOf } from './spots.ts';
import { componentsView, openView, predictionView, rowsView, seenView, toolsView } from './stage-view.ts';
import { storyView } from './story-view.ts';
import { type Duel, duelOf, whyView } from './why-view.ts';

const data = JSON.parse(document.getElementById('data')!.textContent!) as CompletionData;
const model = MixtureModel.fromJSON(data.model);
const can = abilitiesOf(model);
/** Why there is no curve over T. */
const noCurve = can.scale ?? can.scores;
const part = partOf(data);
const isDuel = data.isBinary && data.picture !== null;
const keys = isDuel ? attentionFromMixture(model, { masked: true }).keys : null;
const field = document.querySelector<HTMLInputElement>('#logit-scale')!;
const query = document.querySelector<HTMLCanvasElement>('#query');
const says = document.getElementById('query-says');
/** What is slow waits until nothing has changed for so long. */
const PAUSE_MS = 140;
const PLAY_MS = 450;

let presets = presetsOf(data);
let state: CompletionState = firstCompletionState(data, model, can);
let reading: RowReading = readRow(model, questionOf(state), can);
let draws: readonly Float64Array[] = [];
let points: readonly ScalePoint[] | null = null;
let steps: readonly RevealStep[] | null = null;
let duel: Duel | null = null;
let cursor: number | null = null;
let playing: ReturnType<typeof setInterval> | null = null;

const tone = toneOf(data, model.means.data);

function paintAll(): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas[data-picture]'))
    paint(
      canvas,
      data,
      spotsOf(canvas.dataset.picture!, { data, means: model.means.data, state, reading, draws, duel, tone }),
    );
  if (query !== null)
    paintQuery(query, data, {
      spotOf: (d) => ({ ink: 'ink', share: tone(state.cells[d]!) }),
      mask: state.mask,
      cursor: document.activeElement === query ? cursor : null,
    });
}

function widthOf(view: string): number {
  return Math.max(280, Math.round(document.querySelector(`[data-view="${view}"]`)!.clientWidth));
}

/** Everything that follows from the state at once. */
function render(): void {
  show('rows', rowsView(data, state));
  show('tools', toolsView(data, state, presets));
  show('seen', seenView(data, reading));
  show('story', storyView(data, state, reading));
  show('components', componentsView(data, state, reading));
  if (data.picture === null) show('cells', cellsView(data, state, { reading, draws }));
  else show('prediction', predictionView(data, state, reading));
  show('numbers', numbersView(data, state, reading));
  show('open', openView(data, reading));
  if (keys !== null) {
    duel = duelOf(keys, state, reading);
    show('why', whyView(data, state, duel));
  }
  show('scale-value', scaleValueView(state));
  show('scales', scalesView(state, reading, { points, absent: can.scale }));
  field.disabled = can.scale !== null;
  if (document.activeElement !== field) field.value = Math.log10(state.logitScale).toFixed(2);
  field.setAttribute('aria-valuetext', `T = ${scaleText(state.logitScale)}`);
  if (noCurve !== null) show('scale', html`<p class="absent">The curve: ${noCurve}.</p>`);
  else if (points !== null)
    show('scale', scaleView(data, state, { points, seen: reading.seen, width: widthOf('scale') }));
  renderReveal();
  paintAll();
}

function renderReveal(): void {
  const last = Math.ceil(state.mask.length / part);
  const at = revealed(state, part);
  show('reveal-controls', revealControls(data, { at, steps: last, isPlaying: playing !== null }));
  if (steps !== null) show('reveal', revealView(data, state, { steps, at, width: widthOf('reveal') }));
}

let frame = 0;
let pause: ReturnType<typeof setTimeout> | undefined;
let turn = 0;

/** A change of what is asked: the row is read in the next frame, curves when nothing has changed for a while. */
function change(next: Partial<CompletionState>): void {
  const { cells, mask, logitScale } = state;
  state = { ...state, ...next };
  if (state.cells !== cells || state.mask !== mask) points = null;
  if (state.cells !== cells || state.logitScale !== logitScale) steps = null;
  turn++;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => {
    reading = readRow(model, questionOf(state), can);
    render();
    clearTimeout(pause);
    pause = setTimeout(() => void settle(turn), PAUSE_MS);
  });
}

/** Draws, then the curves, a piece at a time so that the page stays at hand. */
async function settle(own: number): Promise<void> {
  if (can.variance === null) draws = drawRows(model, questionOf(state), { draws: 3, seed: state.seed });
  steps ??= readReveal(model, questionOf(state), part, can);
  render();
  if (noCurve !== null || points !== null) return;
  const found: ScalePoint[] = [];
  for (const T of scalesOf(reading)) {
    await new Promise((resolve) => setTimeout(resolve));
    if (own !== turn) return;
    found.push(readScale(model, questionOf(state), T, can));
  }
  points = found;
  render();
}

function stop(): void {
  if (playing !== null) clearInterval(playing);
  playing = null;
}

function reveal(count: number): void {
  const D = state.mask.length;
  change({ mask: new Uint8Array(D).fill(1, 0, Math.max(0, Math.min(D, count * part))) });
}

const ACTIONS: { readonly [name: string]: (at: string) => void } = {
  row(at) {
    const row = Number(at);
    const cells = row < 0 ? new Float64Array(state.cells.length) : Float64Array.from(data.rows[row]!.cells);
    if (row < 0) change({ row, cells, mask: new Uint8Array(cells.length).fill(1), brush: 'ink', rival: null });
    else change({ row, cells, rival: null, ...(state.row < 0 && { mask: Uint8Array.from(data.mask), brush: 'show' }) });
  },
  brush: (at) => change({ brush: at as Brush }),
  preset(at) {
    const { name } = presets[Number(at)]!;
    // Another quarter each time.
    if (name.startsWith('Random')) presets = presetsOf(data, state.seed + 1);
    change({ mask: presets.find((own) => own.name === name)!.mask, seed: state.seed + 1 });
  },
  stage: (at) => change({ stage: at as Stage }),
  rival: (at) => change({ rival: state.rival === Number(at) ? null : Number(at) }),
  draw: () => change({ seed: state.seed + 1 }),
  scale: (at) => change({ logitScale: Number(at) }),
  reveal: (at) => reveal(Number(at)),
  play() {
    if (playing !== null) {
      stop();
      renderReveal();
      return;
    }
    const last = Math.ceil(state.mask.length / part);
    const from = revealed(state, part);
    reveal(from === null || from === last ? 0 : from);
    playing = setInterval(() => {
      const at = revealed(state, part) ?? 0;
      reveal(at + 1);
      if (at + 1 >= last) stop();
    }, PLAY_MS);
  },
};

document.addEventListener('click', (event) => {
  const target = (event.target as Element).closest<HTMLElement>('[data-do]');
  if (target === null) return;
  if (target.dataset.do !== 'play') stop();
  ACTIONS[target.dataset.do!]?.(target.dataset.at ?? '');
});

document.addEventListener('input', (event) => {
  const { dataset, value, checked } = event.target as HTMLInputElement;
  if (dataset.set === 'scale') change({ logitScale: 10 ** Number(value) });
  if (dataset.set === 'cell') {
    const mask = state.mask.slice();
    mask[Number(dataset.at)] = Number(checked);
    change({ mask });
  }
});

document.querySelector('[data-view="reveal-controls"]')!.addEventListener('keydown', (given) => {
  const event = given as KeyboardEvent;
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  stop();
  reveal(Math.max(0, (revealed(state, part) ?? 0) + step));
});

const placeOf = (view: string): HTMLElement => document.querySelector<HTMLElement>(`[data-view="${view}"]`)!;
followChart(placeOf('scale'), (place) => {
  stop();
  change({ logitScale: scaleAt(place, widthOf('scale')) });
});
followChart(placeOf('reveal'), (place) => {
  stop();
  reveal(stepAt(place, widthOf('reveal'), steps!.length - 1));
});

if (query !== null) {
  const { width, height } = data.picture!;
  const brushAt = (cell: number): void => change({ ...stroke(state, data, cell), ...(isPen() && { row: -1 }) });
  const isPen = (): boolean => state.brush === 'ink' || state.brush === 'blank';
  query.addEventListener('pointerdown', (event) => {
    query.setPointerCapture(event.pointerId);
    stop();
    brushAt(cellAt(query, data, event));
  });
  query.addEventListener('pointermove', (event) => {
    if (event.buttons === 0) return;
    // A hand that moves fast skips cells: all places that came between two frames count.
    for (const one of event.getCoalescedEvents?.() ?? [event]) brushAt(cellAt(query, data, one));
  });
  query.addEventListener('keydown', (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width }[event.key];
    const isPaint = event.key === ' ' || event.key === 'Enter';
    if (move === undefined && !isPaint) return;
    event.preventDefault();
    const from = cursor ?? Math.floor(height / 2) * width + Math.floor(width / 2);
    const isEdge = (move === -1 && from % width === 0) || (move === 1 && from % width === width - 1);
    const to = from + (isEdge ? 0 : (move ?? 0));
    cursor = to >= 0 && to < state.mask.length ? to : from;
    if (isPaint || event.shiftKey) brushAt(cursor);
    says!.textContent = `Line ${Math.floor(cursor / width)}, column ${cursor % width}: ${state.mask[cursor] === 1 ? (state.cells[cursor] === 1 ? 'seen, on' : 'seen, off') : 'hidden'}.`;
    paintAll();
  });
  query.addEventListener('focus', () => {
    cursor ??= Math.floor(height / 2) * width + Math.floor(width / 2);
    paintAll();
  });
  query.addEventListener('blur', paintAll);
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  forgetColors();
  paintAll();
});
addEventListener('resize', render);
render();
void settle(turn);
