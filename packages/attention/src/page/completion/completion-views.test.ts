import { decimal, type Html, percent } from '@mixtention/core/page';
import { MixtureModel } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { attentionFromMixture } from '../../from-mixture/attention-from-mixture.ts';
import { cellsView } from './cells-view.ts';
import type { CompletionData } from './completion-data.ts';
import { completionPage } from './completion-page.ts';
import { type CompletionState, firstCompletionState, partOf, questionOf } from './completion-state.ts';
import { numbersView } from './numbers-view.ts';
import { revealView } from './reveal-view.ts';
import { abilitiesOf, drawRows, readReveal, readRow, readScale } from './row-reading.ts';
import { scalesOf, scalesView, scaleText, scaleView } from './scale-view.ts';
import { spotsOf } from './spots.ts';
import { componentsView, openView, seenView } from './stage-view.ts';
import { storyView } from './story-view.ts';
import { smallPictures, smallTable } from './testing-completion.ts';
import { duelOf, whyView } from './why-view.ts';

// Everything below is computed from the JSON that the page holds, by the textbook; numbers of the model's file are decoded here.
const dataOf = (page: string): CompletionData =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!) as CompletionData;
type Floats = { readonly $float64: string };
const floats = ({ $float64 }: Floats): number[] => [
  ...new Float64Array(Uint8Array.from(Buffer.from($float64, 'base64')).buffer),
];
const data = dataOf(completionPage(smallPictures(), 'void 0'));
const file = data.model as { readonly logWeights: Floats; readonly params: { readonly probabilities: Floats } };
const weights = floats(file.logWeights).map(Math.exp);
const [K, D] = [weights.length, data.mask.length];
const theta = floats(file.params.probabilities);
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const share = (values: readonly number[]): number[] => values.map((v) => v / total(values));
const entropy = (p: readonly number[]): number => -total(p.map((v) => (v > 0 ? v * Math.log(v) : 0)));
const kl = (p: readonly number[], q: readonly number[]): number =>
  total(p.map((v, k) => (v > 0 ? v * Math.log(v / q[k]!) : 0)));

/** All that Bayes says of a row, from weights and probabilities. */
function textbook(cells: ArrayLike<number>, mask: ArrayLike<number>, T: number) {
  const chance = (k: number, d: number): number => (cells[d] === 1 ? theta[k * D + d]! : 1 - theta[k * D + d]!);
  const product = (k: number, isSeen: number): number =>
    Array.from({ length: D }, (_, d) => (mask[d] === isSeen ? chance(k, d) : 1)).reduce((a, b) => a * b, 1);
  const components = Array.from({ length: K }, (_, k) => k);
  const seen = components.map((k) => weights[k]! * product(k, 1));
  const r = share(seen.map((p) => p ** T));
  const hidden = components.map((k) => product(k, 0));
  const open = Array.from({ length: D }, (_, d) => d).filter((d) => mask[d] === 0);
  const mean = (d: number): number => total(components.map((k) => r[k]! * theta[k * D + d]!));
  const within = total(
    open.map((d) => total(components.map((k) => r[k]! * theta[k * D + d]! * (1 - theta[k * D + d]!)))),
  );
  const between = total(open.map((d) => total(components.map((k) => r[k]! * (theta[k * D + d]! - mean(d)) ** 2))));
  return {
    r,
    informed: share(components.map((k) => r[k]! * hidden[k]!)),
    evidence: Math.log(total(seen)),
    joint: -Math.log(total(components.map((k) => r[k]! * hidden[k]!))),
    marginal: -total(open.map((d) => Math.log(total(components.map((k) => r[k]! * chance(k, d)))))),
    within,
    between,
    right: open.filter((d) => mean(d) > 0.5 === (cells[d] === 1)).length / open.length,
    mean,
  };
}

const model = MixtureModel.fromJSON(data.model);
const can = abilitiesOf(model);
const first = firstCompletionState(data, model, can);
const textOf = ({ html }: Html): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\u00a0]+/g, ' ')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<');
/** Numbers of a view by their names. */
const numbersOf = ({ html }: Html): { readonly [name: string]: string } =>
  Object.fromEntries(
    [...html.matchAll(/data-number="(\w+)">([^<]*)</g)].map(([, name, text]) => [
      name!,
      text!.replaceAll('\u00a0', ' '),
    ]),
  );

const states: CompletionState[] = [1, 0.4].flatMap((logitScale) =>
  [data.mask, Array.from({ length: D }, (_, d) => d % 3 === 0), Array.from({ length: D }, () => false)].map(
    (mask, n) => ({
      ...first,
      row: n,
      cells: Float64Array.from(data.rows[n]!.cells),
      mask: Uint8Array.from(mask, Number),
      logitScale,
    }),
  ),
);

describe.each(states.map((state) => ({ state, T: state.logitScale, seen: total([...state.mask]) })))(
  'at T = $T, with $seen cells seen',
  ({ state }) => {
    const { cells, mask, logitScale: T } = state;
    const due = textbook(cells, mask, T);
    const reading = readRow(model, questionOf(state), can);

    test('the tiles', () => {
      const view = numbersView(data, state, reading);
      expect(numbersOf(view)).toEqual({
        evidence: decimal(due.evidence, 1),
        effective: decimal(Math.exp(entropy(due.r)), 2),
        learnt: decimal(kl(due.r, weights), 2),
        joint: decimal(due.joint, 1),
        marginal: decimal(due.marginal, 1),
        gap: decimal(due.marginal - due.joint, 1),
        surprise: decimal(kl(due.informed, due.r), 2),
        right: percent(due.right),
      });
      expect(textOf(view)).toContain(`exp H, of ${K}; H = ${decimal(entropy(due.r), 3)} nats`);
      expect(numbersOf(seenView(data, reading))).toEqual({ seen: String(total([...mask])) });
    });

    test.each(['prior', 'posterior', 'informed'] as const)('the components by their %s', (stage) => {
      const own = { prior: weights, posterior: due.r, informed: due.informed }[stage];
      const { html } = componentsView(data, { ...state, stage }, reading);
      const shown = [...html.matchAll(/data-at="(\d+)"[^>]*aria-label="Component \1, ([^":]*)/g)].map(([, k, text]) => [
        Number(k),
        text!.replaceAll('\u00a0', ' ').replace('&lt;', '<'),
      ]);
      const order = Array.from(own.keys()).sort((a, b) => own[b]! - own[a]!);
      expect(shown).toEqual(order.map((k) => [k, percent(own[k]!)]));
    });

    test('what stays open', () => {
      const all = due.within + due.between;
      expect(numbersOf(openView(data, reading))).toEqual({
        variance: decimal(all, 2),
        between: percent(due.between / all),
      });
    });

    test('the pictures, and what the page says of it', () => {
      const painted = { data, means: theta, state, reading, draws: [], duel: null, tone: (v: number) => v };
      const mean = spotsOf('completed', painted);
      const deviation = spotsOf('within', painted);
      mask.forEach((isSeen, d) => {
        expect(mean(d).ink).toBe(isSeen === 1 ? 'ink' : 'model');
        expect(mean(d).share).toBeCloseTo(isSeen === 1 ? cells[d]! : due.mean(d), 12);
        const inside = total(due.r.map((r, k) => r * theta[k * D + d]! * (1 - theta[k * D + d]!)));
        expect(deviation(d).share).toBeCloseTo(isSeen === 1 ? 0 : Math.sqrt(inside) / 0.5, 12);
      });
      const story = textOf(storyView(data, state, reading));
      if (reading.seen === 0) expect(story).toContain('Nothing is seen');
      else if (Math.max(...due.r) < 0.95)
        expect(story).toContain(
          `About ${decimal(Math.exp(entropy(due.r)), 1)} components share this image. They differ in what is hidden: ${percent(due.between / (due.within + due.between))}`,
        );
    });

    test('why one component, and not another', () => {
      const { keys } = attentionFromMixture(model, { masked: true });
      const duel = duelOf(keys, state, reading)!;
      const [a, b] = Array.from(due.r.keys()).sort((x, y) => due.r[y]! - due.r[x]!) as [number, number];
      expect([duel.winner, duel.rival]).toEqual([a, b]);
      const log = (k: number, d: number): number =>
        Math.log(cells[d] === 1 ? theta[k * D + d]! : 1 - theta[k * D + d]!);
      const each = Array.from(mask, (isSeen, d) => (isSeen === 1 ? log(a, d) - log(b, d) : 0));
      const signed = (v: number): string => `${v > 0 ? '+' : ''}${decimal(v, 1)}`;
      const prior = Math.log(weights[a]! / weights[b]!);
      expect(numbersOf(whyView(data, state, duel))).toEqual({
        pro: signed(total(each.filter((v) => v > 0))),
        against: signed(total(each.filter((v) => v < 0))),
        prior: signed(prior),
        duel: signed(total(each) + prior),
      });
      expect(T * (total(each) + prior)).toBeCloseTo(Math.log(due.r[a]! / due.r[b]!), 9);
    });

    test('the curve over T, with 1 and 1/√d on it', () => {
      const points = scalesOf(reading).map((at) => readScale(model, questionOf(state), at, can));
      points.forEach(({ logitScale, joint, marginal, effectiveComponents }) => {
        const own = textbook(cells, mask, logitScale);
        expect(joint).toBeCloseTo(own.joint, 9);
        expect(marginal).toBeCloseTo(own.marginal, 9);
        expect(effectiveComponents).toBeCloseTo(Math.exp(entropy(own.r)), 9);
      });
      const named = points.map(({ logitScale }) => logitScale);
      expect(named).toContain(1);
      if (reading.seen > 1) expect(named).toContain(1 / Math.sqrt(reading.seen));
      const best = named.reduce((most, at) =>
        textbook(cells, mask, at).joint < textbook(cells, mask, most).joint - 1e-12 ? at : most,
      );
      const view = scaleView(data, state, { points, seen: reading.seen, width: 600 });
      expect(numbersOf(view).best).toBe(scaleText(best));
      expect(textOf(view)).toContain(`${decimal(textbook(cells, mask, best).joint, 1)} nats.`);
      expect(textOf(view)).toContain('mean of 3 rows');
      expect(textOf(scalesView(state, reading, { points, absent: null }))).toContain('Bayes, T = 1');
    });

    test('line by line: told and left add up to −log p of the whole row at T = 1', () => {
      const steps = readReveal(model, questionOf(state), partOf(data), can);
      expect(steps.map(({ seen }) => seen)).toEqual([0, 4, 8, 12]);
      const whole = -textbook(cells, new Uint8Array(D).fill(1), 1).evidence;
      steps.forEach(({ seen, told, left, effectiveComponents, best, share: own }) => {
        const there = textbook(
          cells,
          Uint8Array.from({ length: D }, (_, d) => Number(d < seen)),
          T,
        );
        expect(told).toBeCloseTo(-there.evidence, 9);
        expect(left).toBeCloseTo(there.joint, 9);
        if (T === 1) expect(told + left!).toBeCloseTo(whole, 9);
        expect(effectiveComponents).toBeCloseTo(Math.exp(entropy(there.r)), 9);
        expect(own).toBeCloseTo(Math.max(...there.r), 9);
        expect(there.r[best]).toBeCloseTo(own, 9);
      });
      const view = revealView(data, state, { steps, at: 2, width: 600 });
      const there = textbook(
        cells,
        Uint8Array.from({ length: D }, (_, d) => Number(d < 8)),
        T,
      );
      expect(numbersOf(view).revealed).toBe(decimal(Math.exp(entropy(there.r)), 2));
      expect(textOf(view)).toContain(`−log p(all) = ${decimal(whole, 1)} nats`);
      expect(textOf(view)).toContain(`${decimal(-there.evidence, 1)} nats told, ${decimal(there.joint, 1)} left`);
    });

    test('draws keep what is seen, and are bits', () => {
      for (const drawn of drawRows(model, questionOf(state), { draws: 3, seed: 1 }))
        expect(drawn.every((value, d) => (mask[d] === 1 ? value === cells[d] : value === 0 || value === 1))).toBe(true);
    });
  },
);

describe('a table', () => {
  const table = dataOf(completionPage(smallTable(), 'void 0'));
  const own = MixtureModel.fromJSON(table.model);
  const state = firstCompletionState(table, own, abilitiesOf(own));

  test('shows means and deviations of what is hidden, with both parts of the variance', () => {
    const [means, variances] = [
      [0, 10, -1, 2, 14, 0, 5, 8, 1],
      [1, 4, 0.5, 2, 1, 0.3, 1, 2, 1],
    ];
    const seen = [0.5, 0.3, 0.2].map(
      (w, k) => (w * Math.exp(-((1.5 - means[3 * k]!) ** 2) / 2 / variances[3 * k]!)) / Math.sqrt(variances[3 * k]!),
    );
    const r = share(seen);
    const reading = readRow(own, questionOf(state), abilitiesOf(own));
    const { html } = cellsView(table, state, {
      reading,
      draws: drawRows(own, questionOf(state), { draws: 3, seed: 0 }),
    });
    const text = textOf({ html });
    for (const [d, name] of [
      [1, 'middle'],
      [2, '<right>'],
    ] as const) {
      const mean = total(r.map((p, k) => p * means[3 * k + d]!));
      const within = total(r.map((p, k) => p * variances[3 * k + d]!));
      const between = total(r.map((p, k) => p * (means[3 * k + d]! - mean) ** 2));
      const four = (v: number): string => decimal(v, Math.min(4, 3 - Math.floor(Math.log10(Math.abs(v)))));
      expect(text).toContain(name);
      expect(text).toContain(` ${four(mean)} ± ${four(Math.sqrt(within + between))} `);
      expect(html.replaceAll('\u00a0', ' ')).toContain(
        `between components ${decimal((100 * between) / (within + between), 0)} %`,
      );
    }
    expect(html.match(/checkbox/g)).toHaveLength(3);
    expect(html.match(/ checked/g)).toHaveLength(1);
    expect(textOf(numbersView(table, state, reading))).toContain('a density');
  });
});
