import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { Results } from '../main-job/results.ts';
import { smallResults } from '../testing/small-results.ts';
import { page } from './page.ts';

const results = smallResults();
const text = page(results);
const { document } = parseHTML(text);
const textOf = (selector: string): string => document.querySelector(selector)?.textContent ?? '';

test('every section is there, with its figures', () => {
  expect(textOf('h1')).not.toBe('');
  expect(document.querySelectorAll('.hero > figure')).toHaveLength(4);
  expect(textOf('.facts')).toContain('A <processor>, 2 cores');
  expect(document.querySelectorAll('#completion .card')).toHaveLength(10);
  expect(textOf('#completion .card')).toContain('30\u00a0%');
  expect(textOf('#components')).toContain('−137.20');
  expect(document.querySelectorAll('#components li')).toHaveLength(4);
  expect(document.querySelectorAll('#training svg')).toHaveLength(4);
  expect(textOf('#training table')).toContain('549');
  expect(textOf('#variational')).toContain('no bound');
  expect(document.querySelectorAll('#targets tbody tr')).toHaveLength(results.targets.length);
  expect(textOf('#targets')).toContain(`All ${results.targets.length} met`);
  expect(textOf('footer')).toContain('reading digits');
});

test('every estimator of a known gradient stands with bias, variance, their errors and cost; what is only noise is drawn hollow, and called unseen', () => {
  const charts = [...document.querySelectorAll('#estimators svg')];
  expect(charts).toHaveLength(3);
  const label = charts[0]!.getAttribute('aria-label');
  expect(label).toContain('Gumbel-softmax at 0.3 0.03;');
  const rows = [...document.querySelectorAll('#estimators tbody tr:not(.group)')].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent),
  );
  expect(rows).toHaveLength(9 + 5);
  expect(rows[0]).toEqual(['every assignment weighed', '', 'none', 'none', 'no noise', '90']);
  expect(rows[2]).toEqual(['bare scores', '', 'none seen ± 1.0\u00a0%', '60 ± 1', '0.39', '90']);
  expect(rows[5]).toEqual(['Gumbel-softmax', '3', '30\u00a0% ± 1.0\u00a0%', '0.67 ± 0.01', '3.67', '90']);
  expect(rows[9]![0]).toBe('path derivative');
  // Circles and squares: colors are not all that tells two lines apart.
  const marks = (shape: string): (string | null)[] =>
    [...charts[0]!.querySelectorAll(`[aria-label="dot"] ${shape}`)].map((dot) => dot.getAttribute('fill'));
  for (const fills of [marks('circle'), marks('path')]) {
    expect(fills).toHaveLength(3);
    expect(fills.filter((fill) => fill === 'var(--paper)')).toHaveLength(1);
  }
});

test('near the best guide, gradients are told by what one of their draws adds, and names do not stand on one another', () => {
  const drawing = document.querySelectorAll('#estimators svg')[2]!;
  expect(drawing.getAttribute('aria-label')).toContain('50 weighted draws 8.5 % at 1,');
  const places = [...drawing.querySelectorAll('[aria-label="text"] text')]
    .map((name) => Number(/,([\d.]+)\)/.exec(name.getAttribute('transform')!)![1]))
    .sort((a, b) => a - b);
  expect(places).toHaveLength(5);
  for (let i = 1; i < 5; i++) expect(places[i]! - places[i - 1]!).toBeGreaterThan(14);
});

test('the Bayesian mixture stands beside EM: components that die, the bound by its terms against steps, digits', () => {
  const [counts, terms] = [...document.querySelectorAll('#bayes svg')].map((svg) => svg.getAttribute('aria-label'));
  expect(counts).toContain('4');
  for (const term of ['data', 'assignments', 'entropy', 'weights', 'components']) expect(terms).toContain(`${term} `);
  const rows = [...document.querySelectorAll('#bayes tbody tr')].map((row) =>
    [...row.querySelectorAll('td, th')].map((cell) => cell.textContent),
  );
  expect(rows[1]).toEqual(['2', '−1169.06', '2', '13', '−1130.26', '2322.19']);
  expect(rows[3]).toEqual(['4 concentration 0.001', '−1187.45', '2', '30', '−1106.03', '2340.99']);
  expect(rows.slice(4).map(([name]) => name)).toEqual([
    'EM: one point, the mode',
    'variational Bayes: the posterior predictive, 100 components in use',
  ]);
});

test('every kernel stands beside the nearest limit of the machine, where these were measured', () => {
  const rows = [...document.querySelectorAll('#roofline tbody tr')].map((row) => row.textContent);
  expect(rows).toEqual([
    'float32',
    'nearest limitproductsmemory',
    'WebAssembly31\u00a0%31\u00a0%',
    'native, AVX-512108\u00a0%108\u00a0%',
    'float64',
    'nearest limitproductsmemory',
    'WebAssembly0.4\u00a0%0.4\u00a0%',
  ]);
  const bars = [...document.querySelectorAll('#roofline .bar')].map((bar) => bar.getAttribute('style'));
  expect(bars.slice(1, 3)).toEqual(['width:31.0%', 'width:100.0%']);
  const shapes = results.kernel!.shapes.map((shape) => ({ ...shape, limits: null }));
  for (const kernel of [null, { ...results.kernel!, shapes }])
    expect(page({ ...results, kernel })).not.toContain('roofline"');
});

test('what it speaks of is explained: the formula, its symbols, component, nat, and the two ways of counting nats', () => {
  expect(textOf('.lines')).toBe(
    'weightk = softmaxk(query · keyk + biask) = p(component k | seen pixels)' +
      'answer = Σk weightk valuek = E[hidden pixels | seen pixels]',
  );
  const terms = (list: string): string[] =>
    [...document.querySelectorAll(`${list} dt`)].map((term) => term.textContent!);
  expect(terms('.symbols')).toEqual(['query', 'keyk', 'biask', 'valuek']);
  expect(terms('.words')).toEqual(['Component', 'Nat', 'Jointly, pixel by pixel']);
  expect(textOf('#completion .card .nats')).toBe('70 nats jointly85 pixel by pixel');
});

test('digits that one component was sure of and wrong about say so, and the page tells how many there are and what helps', () => {
  const cards = [...document.querySelectorAll('#completion .card')];
  expect(cards.map((card) => card.querySelector('.miss') !== null)).toEqual(
    results.completion.examples.map(({ missed }) => missed),
  );
  const text = document.querySelector('#completion .split')!.textContent!;
  expect(text).toContain('80\u00a0% of the upper halves give one component 95\u00a0% of the weight or more');
  expect(text).toContain('In 11\u00a0% of those the hidden half then is 22,000 times as likely');
  expect(text).toContain('npm start -- --logit-scale 0.1');
  const rows = [...document.querySelectorAll('#completion tbody tr:not(.group)')].map((row) => row.textContent);
  expect(rows).toEqual(['1, Bayes as\u00a0shown72.5087.001.3', '0.165.4076.104.2']);
});

test('under another logit scale the formula holds it, is Bayes’ theorem no more, and the row shown is another', () => {
  const sharpness = results.completion.sharpness;
  const { document: second } = parseHTML(
    page({ ...results, completion: { ...results.completion, components: 50, logitScale: 0.1, sharpness } }),
  );
  const lines = second.querySelector('.lines')!.textContent!;
  expect(lines).toContain('softmaxk[0.1 (query · keyk + biask)] ∝ p(component k | seen pixels)0.1');
  expect(lines).not.toContain('E[');
  expect(second.querySelector('#completion tbody .model')!.textContent).toBe('0.1');
  expect(second.querySelector('#completion')!.textContent).toContain('asks 50 components');
});

test('the axis of nats has a tick at each of its ends, and all values between them', () => {
  const svg = document.querySelector('#completion svg')!;
  const ticks = [...svg.querySelectorAll('[aria-label="x-axis tick label"] text')].map((tick) =>
    Number(tick.textContent),
  );
  const { joint, marginal, others, published } = results.completion;
  const values = [
    joint,
    marginal,
    ...others.flatMap((one) => [one.joint, one.marginal]),
    ...published.map((p) => p.value),
  ];
  expect(ticks[0]).toBeLessThan(Math.min(...values));
  expect(ticks.at(-1)).toBeGreaterThan(Math.max(...values));
  expect(svg.getAttribute('aria-label')).toContain('K = 100: 72.5 jointly, 87.0 pixel by pixel');
});

test('the page asks for nothing outside itself, runs no script, and leads to its neighbour alone', () => {
  for (const element of document.querySelectorAll('[src], [href]')) {
    const address = element.getAttribute('src') ?? element.getAttribute('href');
    expect(address).toMatch(element.localName === 'a' ? /^digit\.html$/ : /^(data:|#)/);
  }
  expect(text).not.toMatch(/url\(\s*["']?(?!#)[^)]/i);
  expect(text).not.toMatch(/@import|<script|<link(?! rel="icon")|<iframe|srcset/i);
});

test('every picture and drawing says what it shows', () => {
  const pictures = [...document.querySelectorAll('img')];
  expect(pictures.length).toBeGreaterThan(50);
  for (const picture of pictures) expect(picture.getAttribute('alt')).not.toBe('');
  for (const drawing of document.querySelectorAll('svg')) expect(drawing.getAttribute('aria-label')).toMatch(/\w/);
});

test('the page is made of what results.json holds, and of nothing else', () => {
  expect(page(JSON.parse(JSON.stringify(results)) as Results)).toBe(text);
});

test('digits without published values say so', () => {
  const digits = { ...results.digits, isStandard: false, published: [] };
  const other = page({ ...results, digits, completion: { ...results.completion, published: [] } });
  const { document: second } = parseHTML(other);
  expect(second.querySelector('#completion')!.textContent).toContain('npm run data:download');
  expect(second.querySelector('#components')!.textContent).toContain('compare with no published ones');
});

test('a missed target is shown as missed', () => {
  const targets = results.targets.map((target, i) => ({ ...target, met: i > 0 }));
  const { document: second } = parseHTML(page({ ...results, targets }));
  expect(second.querySelectorAll('#targets .missed')).toHaveLength(1);
  expect(second.querySelector('#targets p')!.textContent).toContain(`${targets.length - 1} of ${targets.length}`);
});

test('models of digits stand beside published figures, and a job beside no such run leaves their section out', () => {
  const rows = [...document.querySelectorAll('#digit-models tbody tr')].map((row) =>
    row.textContent!.replace(/\s/g, ' '),
  );
  expect(rows).toEqual([
    'attention with learnt queries, keys and values54.2071.3050,0000.0851 min 30 s',
    'causal self-attention over rows, by the chain rule38.70needs samples28115 min 25 s',
    'stochastic network, score function Jang, Gu & Poole 2017, table 1≤ 72.00',
    'causal self-attention over rows82.1015 min 25 s',
    'NADE Uria et al. 201688.33',
    'one dictionary by EM100172.6087.50411 min 20 s16 s',
    'a layer trained from random images100166.4079.2061 min 40 s28 s',
  ]);
  expect(textOf('#digit-models')).toContain('at a load of 9.0 when it began');
  const { fromScratch: _, ...alone } = results.digitModels!;
  expect(page({ ...results, digitModels: alone })).not.toContain('Trained from scratch');
  const { document: second } = parseHTML(page({ ...results, digitModels: null }));
  expect(second.querySelector('#digit-models')).toBe(null);
});
