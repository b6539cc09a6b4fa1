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

test('the page asks for nothing outside itself and runs no script', () => {
  for (const element of document.querySelectorAll('[src], [href]')) {
    const address = element.getAttribute('src') ?? element.getAttribute('href');
    expect(address).toMatch(/^(data:|#)/);
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

test('digits without published values say so, and a job without gradients leaves its section out', () => {
  const digits = { ...results.digits, isStandard: false, published: [] };
  const other = page({ ...results, digits, completion: { ...results.completion, published: [] }, variational: null });
  const { document: second } = parseHTML(other);
  expect(second.querySelector('#variational')).toBe(null);
  expect(second.querySelector('#completion')!.textContent).toContain('npm run data:download');
  expect(second.querySelector('#components')!.textContent).toContain('compare with no published ones');
});

test('a missed target is shown as missed', () => {
  const targets = results.targets.map((target, i) => ({ ...target, met: i > 0 }));
  const { document: second } = parseHTML(page({ ...results, targets }));
  expect(second.querySelectorAll('#targets .missed')).toHaveLength(1);
  expect(second.querySelector('#targets p')!.textContent).toContain(`${targets.length - 1} of ${targets.length}`);
});
