import { expect, test } from 'vitest';
import { posteriorPredictive, svi } from '../inference/index.ts';
import type { Model } from '../model/index.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { linearScale, spanOf, worded } from './axis.ts';
import { posteriorPage } from './posterior-page.ts';

const schools: Model<null> = ({ sample, observe, plate, deterministic, normal, halfCauchy, add, mul }) => {
  const [mu, tau] = [sample('mu <b>', normal(0, 5)), sample('tau', halfCauchy(5))];
  const theta = plate('schools', 8, () => deterministic('theta', add(mu, mul(tau, sample('t', normal(0, 1))))));
  observe('y', normal(theta, [15, 10, 16, 11, 9, 11, 10, 18]), [28, 8, -3, 7, -1, 1, 18, 12]);
};
const fast = { guide: 'autoNormal', steps: 600, learningRate: 0.05, resultDraws: 1000 } as const;
const result = svi(schools, null, { ...fast, rounds: 0 });
const trace = [100, 200, 300].map((step) => ({ step, bound: -33 + step / 300, learningRate: step < 300 ? 0.1 : 0.05 }));
const page = posteriorPage(result, { title: 'a <model>', about: 'Eight schools', trace });

const countOf = (text: string, part: string | RegExp): number => text.split(part).length - 1;

test('every site is drawn: histograms of single numbers, intervals of a plate, as told and as the guide says', () => {
  expect(countOf(page, 'class="number-card"')).toBe(2);
  expect(countOf(page, 'class="member"')).toBe(16);
  // Two rows a number, where weights correct the guide; one where nothing does.
  const all = 2 + 16;
  expect(result.corrected).toBe(true);
  expect([countOf(page, '<g class="told">'), countOf(page, '<g class="guide">')]).toEqual([all, all]);
  const raw = posteriorPage({ ...result, corrected: false });
  expect([countOf(raw, '<g class="told">'), countOf(raw, '<g class="guide">')]).toEqual([all, 0]);
  expect(raw).toContain('deviations are likely to be too small');
});

test('histograms hold the draws, intervals stand where quantiles are', () => {
  const card = /<figure class="number-card"><figcaption><b>tau<\/b>.*?<\/figure>/s.exec(page)![0];
  const { mean, sd, quantiles } = result.sites.tau!;
  expect(card).toContain(`${(mean as number).toFixed(2)} ± ${(sd as number).toFixed(2)}`);
  const heights = [...card.matchAll(/class="bar"[^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));
  expect(Math.max(...heights)).toBe(90);
  const own = result.draws.columns.indexOf('tau');
  const values = Float64Array.from(
    { length: result.draws.rows },
    (_, s) => result.draws.data[s * result.draws.cols + own]!,
  );
  // All but what lies beyond two draws of a thousand.
  const tick = [...card.matchAll(/<text class="label" x="([\d.]+)"[^>]*>([\d.−]+)</g)].map(
    ([, x, text]) => [Number(x), Number(text)] as const,
  );
  const perUnit = (tick[1]![0] - tick[0]![0]) / (tick[1]![1] - tick[0]![1]);
  const placeOf = (x: number): number => tick[0]![0] + perUnit * (x - tick[0]![1]);
  const median = Number(/<g class="told">.*?<circle cx="([\d.]+)"/s.exec(card)![1]);
  expect(median).toBeCloseTo(placeOf(quantiles['0.5'] as number), 0);
  const left = Number(/class="bar" x="([\d.]+)"/.exec(card)![1]);
  expect(left).toBeGreaterThan(placeOf(Math.min(...values)) - 10);
});

test('names are escaped, pages ask for nothing outside themselves, run no script, and say what drawings show', () => {
  expect(page).not.toContain('mu <b>');
  expect(page).not.toContain('<model>');
  expect(page).not.toMatch(/<script|<iframe|@import|(?:src|href)="(?!data:)/);
  expect(countOf(page, '<svg')).toBe(countOf(page, /aria-label="[^"]/));
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('k̂ stands on its scale, beyond it at its end, and beside it that of what was learnt', () => {
  const pointers = (text: string): number[] => [...text.matchAll(/pointer" d="M([\d.]+)/g)].map(([, x]) => Number(x));
  const at = (paretoK: number, mended: { rounds: number; paretoK: number } | null = null) =>
    pointers(posteriorPage({ ...result, paretoK, mended }));
  expect(at(0.5)).toEqual([220]);
  expect(at(9)).toEqual([432]);
  expect(at(-3)).toEqual([8]);
  expect(at(0.9, { rounds: 2, paretoK: 0.5 })).toHaveLength(2);
  expect(posteriorPage({ ...result, paretoK: 2, mended: null })).toContain('so nearly equal');
  expect(posteriorPage({ ...result, heavySites: ['tau'] })).toContain('Deviations of tau rest on few draws');
  expect(countOf(posteriorPage({ ...result, heavySites: ['tau'] }), 'class="heavy"')).toBe(1);
});

test('steps are drawn with the rates they were taken at, the bound at the end and the evidence; long runs by means', () => {
  expect(page).toContain('rate 0.05');
  for (const name of ['steps', 'bound', 'evidence']) expect(page).toMatch(new RegExp(`class="${name}" [xd]`));
  const long = Array.from({ length: 5000 }, (_, i) => ({
    step: 100 * (i + 1),
    bound: -32 - Math.sin(i),
    learningRate: 0.1,
  }));
  const path = /class="steps" d="([^"]*)"/.exec(posteriorPage(result, { trace: long }))![1]!;
  expect(countOf(path, 'L')).toBeLessThan(400);
  const relaxed = posteriorPage({ ...result, relaxedObjective: -30 }, { trace });
  expect(relaxed).toContain('no bound');
  expect(relaxed).not.toMatch(/class="(bound|evidence)" x/);
});

test('many numbers are bands, switches are shares, points without a width do not break a page', () => {
  const many: Model<null> = ({ sample, plate, normal }) => {
    plate('rows', 900, () => sample('x', normal(0, 1)));
  };
  const wide = posteriorPage(svi(many, null, { ...fast, steps: 100, resultDraws: 50, rounds: 0 }));
  expect(countOf(wide, 'class="wide-band"')).toBe(1);
  expect(wide).toContain('one in 2 is drawn');
  expect(wide).toContain('600 more are in the JSON');
  const switches: Model<null> = ({ sample, observe, plate, bernoulli, normal }) =>
    plate('rows', 3, () => observe('y', normal(sample('z', bernoulli(0.3)), 1), [0, 1, 2]));
  const shares = posteriorPage(
    svi(switches, null, { discrete: 'enumerated', steps: 300, learningRate: 0.05, resultDraws: 200 }),
  );
  expect(shares).toContain('how probable 1 is');
  const counts: Model<null> = ({ sample, observe, normal, categorical }) =>
    observe('y', normal(sample('k', categorical([0.2, 0.3, 0.5])), 1), 1);
  const whole = posteriorPage(svi(counts, null, { discrete: 'enumerated', steps: 100, resultDraws: 200 }));
  expect(countOf(whole, 'class="bar"')).toBe(3);
  expect(whole).not.toMatch(/class="bar" x="-/);
  expect(posteriorPage(svi(schools, null, { guide: 'autoDelta' }))).not.toContain('Can it be believed');
  expect(posteriorPage(pathfinder(schools, null))).toContain('pathfinder');
});

test('what would be observed is drawn where it is told', () => {
  const predictive = posteriorPredictive(schools, null, result).sites;
  const drawn = posteriorPage(result, { predictive });
  expect(drawn).toContain('What would be observed');
  expect(countOf(drawn, 'class="member"')).toBe(16 + 8);
  expect(page).not.toContain('What would be observed');
});

test('scales have round ticks within their span, and numbers no more digits than mean something', () => {
  for (const span of [
    [0, 1],
    [-3.2, 8.9],
    [1e-7, 3e-7],
    [5e8, 5.1e8],
  ] as const) {
    const { ticks, at } = linearScale(span, [0, 100], 5);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(9);
    for (const tick of ticks) expect(at(tick) >= -0.01 && at(tick) <= 100.01).toBe(true);
  }
  expect(spanOf([])).toEqual([-1, 1]);
  expect(spanOf([2, 2])).toEqual([1, 3]);
  expect(worded(123_456.78, 0)).toBe('123457');
  expect(worded(-1.5e9, 2)).toBe('−1.50e+9');
});
