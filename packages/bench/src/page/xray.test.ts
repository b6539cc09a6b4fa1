import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { xray } from '@mixtention/attention';
import { headTensors, xrayPage, xrayReport } from '@mixtention/attention/page';
import { generator, key } from '@mixtention/core/numeric';
import { beforeAll, expect, test } from 'vitest';
import { inChromium } from '../testing/in-chromium.ts';

const script = await readFile(createRequire(import.meta.url).resolve('@mixtention/attention/live'), 'utf8');

/** Three layers of twelve heads over 40 tokens: as wide as small Transformers are. */
function page(): string {
  const random = generator(key(5));
  const [layers, heads, N, d] = [3, 12, 40, 4];
  const stack = (): { data: Float64Array; shape: number[] } => ({
    data: Float64Array.from({ length: layers * heads * N * d }, () => Math.fround(1.5 * random.normal())),
    shape: [layers, heads, N, d],
  });
  const [q, k, v] = [stack(), stack(), stack()];
  const read = xray({ q, k, v });
  const part = ({ data }: { data: Float64Array }, h: number) => ({
    data: data.subarray(h * N * d, (h + 1) * N * d),
    rows: N,
    cols: d,
  });
  const tensors = read.heads.map(({ layer, head }, h) =>
    headTensors({ layer, head, q: part(q, h), k: part(k, h), v: part(v, h) }, 0.5),
  );
  const tokens = Array.from({ length: N }, (_, n) => `token-${n}`);
  return xrayPage({ report: xrayReport({ read, model: 'random', kind: 'tensors', tokens }), tensors }, script);
}

test('the program of the X-ray page is built, with the kernel in it', () => {
  expect(script.length).toBeGreaterThan(50_000);
  expect(script.length).toBeLessThan(1_000_000);
});

inChromium('the X-ray in a real browser', ({ write, open }) => {
  let address: string;

  beforeAll(async () => {
    address = await write('xray.html', page());
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [320, 'dark'],
  ] as const)(
    'fits a window of %i pixels in %s colors, asks for nothing and makes no complaint',
    async (width, colorScheme) => {
      const { view, complaints } = await open(address, { viewport: { width, height: 800 }, colorScheme });
      expect(await view.locator('.grid button').count()).toBe(36);
      expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const table = view.locator('table.keys');
      expect(await table.evaluate((own) => own.scrollWidth <= own.parentElement!.clientWidth)).toBe(true);
      expect(complaints).toEqual([]);
      await view.close();
    },
  );

  test('is used: heads, queries and keys are chosen, and what is predicted is recomputed', async () => {
    const { view, complaints } = await open(address, { viewport: { width: 1280, height: 900 } });
    await view.locator('.grid button').nth(14).click();
    expect(await view.locator('[data-view="head"] h2').textContent()).toBe('Layer 1, head 2');
    await view.locator('.tokens button').nth(7).click();
    expect(await view.locator('.asked').textContent()).toMatch(/^Query token-7 \(7\) reads token-/);
    await view.locator('canvas').hover({ position: { x: 5, y: 5 } });
    expect(await view.locator('.matrix figcaption').textContent()).toMatch(
      /^Query token-0 \(0\) gives .* % to token-0 \(0\)\.$/,
    );
    await view.locator('[data-do="long"]').click();
    expect(await view.locator('table.keys tbody tr').count()).toBe(40);
    for (const [action, sentence] of [
      ['prune', /^Without token-\d+ \(\d+\)$/],
      ['merge', /^token-\d+ \(\d+\) and token-\d+ \(\d+\) made one$/],
    ] as const) {
      await view.locator(`.edits [data-do="${action}"]`).click();
      expect(await view.locator('#what-if h3').textContent()).toMatch(sentence);
      const cells = await view.locator('.outcome td.number').allTextContents();
      expect(cells[0]).toBe(cells[1]);
      expect(cells[2]).toBe(cells[3]);
      expect(Number((await view.locator('.apart').textContent())!.replace('−', '-'))).toBeLessThan(1e-9);
    }
    await view.locator('input[type=range]').fill('1');
    expect(await view.locator('#what-if h3').textContent()).toBe('Scores times 2.00');
    expect(complaints).toEqual([]);
    await view.close();
  });
});
