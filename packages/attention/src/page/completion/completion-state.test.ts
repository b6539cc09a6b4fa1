import { bernoulli, gaussianFull, MixtureModel, predictive } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { randomMixture } from '../../testing/random-mixture.ts';
import { completionData, squareWidth } from './completion-data.ts';
import { completionPage } from './completion-page.ts';
import { firstCompletionState, partOf, presetsOf, revealed, stroke } from './completion-state.ts';
import { chance } from './numbers-view.ts';
import { stepAt } from './reveal-view.ts';
import { abilitiesOf, readRow } from './row-reading.ts';
import { scaleAt } from './scale-view.ts';
import { shareText } from './share-text.ts';
import { smallPictures, smallTable } from './testing-completion.ts';

const data = smallPictures();
const model = MixtureModel.fromJSON(data.model);
const state = firstCompletionState(data, model, abilitiesOf(model));

test('the page is one file, whose data no text ends too early, and which asks for nothing else', () => {
  const page = completionPage(data, 'console.log("</script>")');
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).toContain('<title>An image through Bayes</title>');
  expect(page).toContain('a &lt;small&gt; model');
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  expect(completionPage(smallTable(), '')).toContain('Column by column');
});

test('it opens at the row whose hidden cells tell most of one another', () => {
  const gains = data.rows.map(({ cells }) => {
    const { joint, marginal } = readRow(
      model,
      { cells: Float64Array.from(cells), mask: Uint8Array.from(data.mask), logitScale: 1 },
      abilitiesOf(model),
    );
    return marginal! - joint!;
  });
  expect(gains[state.row]).toBe(Math.max(...gains));
});

test('presets have every name once, and one of them is what was asked for', () => {
  const presets = presetsOf(data);
  expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
  // What was asked for is the top half here, and goes by that name.
  expect(presets.map(({ name }) => name)).not.toContain('As asked for');
  expect(presets[0]).toEqual({ name: 'Top half', mask: Uint8Array.from(data.mask) });
  expect(presets.find(({ name }) => name === 'Left half')!.mask).toEqual(
    Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0),
  );
  const half = { ...data, mask: Array.from({ length: 12 }, (_, d) => Number(d < 4)) };
  expect(presetsOf({ ...half, picture: { width: 2, height: 6 } })[0]!.name).toBe('As asked for');
});

test('brushes show, hide, draw and erase about a cell, and keep to the picture', () => {
  const wide = { ...data, mask: Array(12).fill(0), picture: { width: 4, height: 3 } };
  const none = { ...state, mask: new Uint8Array(12), cells: new Float64Array(12) };
  expect(stroke({ ...none, brush: 'show' }, wide, 5).mask).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0));
  expect(stroke({ ...none, brush: 'ink' }, wide, 11).cells[11]).toBe(1);
  const big = { ...data, picture: { width: 28, height: 28 } };
  const pixels = { ...none, mask: new Uint8Array(784), cells: new Float64Array(784).fill(1) };
  expect(stroke({ ...pixels, brush: 'show' }, big, 0).mask.reduce((a, b) => a + b, 0)).toBe(4);
  expect(stroke({ ...pixels, brush: 'blank' }, big, 400).cells.filter((v) => v === 0)).toHaveLength(4);
});

test('what is revealed is told in lines where it is a run of them', () => {
  const at = (seen: (d: number) => boolean) =>
    revealed({ ...state, mask: Uint8Array.from({ length: 12 }, (_, d) => Number(seen(d))) }, partOf(data));
  expect(at(() => false)).toBe(0);
  expect(at((d) => d < 8)).toBe(2);
  expect(at(() => true)).toBe(3);
  expect(at((d) => d < 5)).toBeNull();
  expect(at((d) => d >= 4)).toBeNull();
});

test('places of charts are values', () => {
  expect(scaleAt(44, 600)).toBeCloseTo(0.01, 12);
  expect(scaleAt(588, 600)).toBeCloseTo(10 ** 0.5, 12);
  expect([stepAt(0, 600, 28), stepAt(316, 600, 28), stepAt(900, 600, 28)]).toEqual([0, 14, 28]);
});

test('shares and chances as people say them', () => {
  expect([0.9999, 1, 0.5].map(shareText)).toEqual(['>99.9 %', '100 %', '50 %']);
  expect([-Math.log(2), -29 * Math.LN10, 0].map(chance)).toEqual(['1 in 2.0', 'about 1 in 10²⁹', 'certain']);
  expect([chance(0), chance(-1e-15), chance(-0.5)]).toEqual(['certain', 'certain', '1 in 1.6']);
});

test('pictures are guessed of binary rows of a square number of cells alone', () => {
  expect(squareWidth(randomMixture(bernoulli, 2, 64, 1))).toBe(8);
  expect(squareWidth(randomMixture(bernoulli, 2, 12, 1))).toBeNull();
  expect(squareWidth(randomMixture(gaussianFull, 2, 36, 1))).toBeNull();
});

describe('what a model does not tell has its reason', () => {
  test('many columns that are no bits are not scored while one waits', () => {
    const many = randomMixture(gaussianFull, 2, 33, 1);
    const can = abilitiesOf(many);
    expect(can.scores).toContain('up to 32 columns');
    const question = { cells: new Float64Array(33), mask: new Uint8Array(33).fill(1, 0, 4), logitScale: 1 };
    expect(readRow(many, question, can)).toMatchObject({ joint: null, informed: null, surprise: null });
    expect(readRow(many, question, can).within).not.toBeNull();
  });

  test('posterior predictives of Gaussians tell no variance, and are read at T = 1', () => {
    const { prior } = gaussianFull;
    const posterior = prior.posterior(prior.weak(1, [Float64Array.of(0, 1)]), Float64Array.of(8), [
      Float64Array.of(0, 8),
    ]);
    const learnt = new MixtureModel({
      family: predictive(gaussianFull),
      params: posterior,
      logWeights: Float64Array.of(0),
    });
    const can = abilitiesOf(learnt);
    expect(can.variance).toContain('Student-t');
    expect(can.scale).toContain('T = 1 alone');
    const question = { cells: Float64Array.of(1), mask: Uint8Array.of(0), logitScale: 1 };
    expect(readRow(learnt, question, can)).toMatchObject({ within: null, between: null });
  });
});

test.each([
  [{ mask: [1] }, 'the mask holds 1 cell, the model has 12 columns'],
  [{ rows: [] }, 'no rows came'],
  [{ rows: [{ name: 'a', cells: [1] }] }, 'row "a" holds 1 cell, the model has 12 columns'],
  [{ pictureWidth: 5 }, 'lines of 5 cells do not fill pictures of 12 cells'],
])('%j is refused in one sentence', (change, sentence) => {
  const input = { model, rows: data.rows, mask: data.mask, pictureWidth: 4, ...change };
  expect(() => completionData(input)).toThrow(sentence);
});
