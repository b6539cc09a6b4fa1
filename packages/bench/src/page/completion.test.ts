import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { complete } from '@mixtention/attention';
import { completionData, completionPage } from '@mixtention/attention/page';
import { decimal } from '@mixtention/core/page';
import { bernoulli, faithful, gaussian, MixtureModel } from '@mixtention/mixture';
import { beforeAll, expect, test } from 'vitest';
import { inChromium } from '../testing/in-chromium.ts';

const [K, SIDE] = [8, 12];
const D = SIDE * SIDE;

/** Bars at eight places, with noise. */
const bars = new MixtureModel({
  family: bernoulli,
  params: {
    width: D,
    probabilities: Float64Array.from({ length: K * D }, (_, i) =>
      Math.abs((i % SIDE) - Math.floor(i / D) - 2) < 2 ? 0.8 : 0.1,
    ),
  },
  logWeights: new Float64Array(K).fill(-Math.log(K)),
});
const images = bars.sample(4, 5).x;
const rows = [0, 1, 2, 3].map((n) => ({
  name: `image ${n}`,
  cells: [...images.data.subarray(n * D, (n + 1) * D)],
}));
const half = Array.from({ length: D }, (_, d) => Number(d < D / 2));
const geyser = new MixtureModel({
  family: gaussian('diagonal'),
  params: { width: 2, means: Float64Array.of(2, 54, 4.3, 80), variances: Float64Array.of(0.07, 34, 0.17, 36) },
  logWeights: Float64Array.of(0.36, 0.64).map(Math.log),
  columns: ['eruptions', 'waiting'],
});

const script = await readFile(createRequire(import.meta.url).resolve('@mixtention/attention/live-completion'), 'utf8');

test('the program of the completion page is built, with kernel and families in it', () => {
  expect(script.length).toBeGreaterThan(100_000);
  expect(script.length).toBeLessThan(1_000_000);
});

inChromium('completions in a real browser', ({ write, open }) => {
  let [pictures, table] = ['', ''];

  beforeAll(async () => {
    const scores = { rows: 4, at: [1, 0.5].map((logitScale) => ({ logitScale, joint: 20, marginal: 30 })) };
    pictures = await write(
      'pictures.html',
      completionPage(completionData({ model: bars, rows, mask: half, pictureWidth: SIDE, scores }), script),
    );
    const cells = [...faithful().data.subarray(0, 2)];
    const row = { name: 'first', cells };
    table = await write(
      'table.html',
      completionPage(completionData({ model: geyser, rows: [row], mask: [0, 1], pictureWidth: null }), script),
    );
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
    [320, 'light'],
  ] as const)(
    'both fit a window of %i pixels in %s colors, ask for nothing and make no complaint',
    async (width, colorScheme) => {
      for (const address of [pictures, table]) {
        const { view, complaints } = await open(address, { viewport: { width, height: 800 }, colorScheme });
        await view.locator('[data-view="scale"] svg').waitFor();
        expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        expect(complaints).toEqual([]);
        await view.close();
      }
    },
  );

  test('a picture is painted on, revealed and read at other T, and its numbers are those of complete', async () => {
    const { view, complaints } = await open(pictures, { viewport: { width: 1280, height: 900 } });
    const joint = view.locator('[data-number="joint"]');
    await view.locator('.thumb').nth(2).click();
    const due = (seen: (d: number) => boolean, logitScale = 1): string => {
      const mask = Array.from({ length: D }, (_, d) => seen(d));
      const row = [rows[2]!.cells];
      const { jointLogProbability } = complete(bars, row, mask, { truth: row, logitScale });
      return decimal(-jointLogProbability![0]!, 1);
    };
    await expect.poll(() => joint.textContent()).toBe(due((d) => d < D / 2));
    await view.locator('[data-step="more"]').click();
    await expect.poll(() => joint.textContent()).toBe(due((d) => d < 7 * SIDE));
    await view.keyboard.press('ArrowRight');
    await expect.poll(() => joint.textContent()).toBe(due((d) => d < 8 * SIDE));
    await view.locator('#logit-scale').fill('-1');
    await expect.poll(() => joint.textContent()).toBe(due((d) => d < 8 * SIDE, 0.1));
    // Drawn by hand, the slider stays under it.
    const slider = (await view.locator('#logit-scale').boundingBox())!;
    await view.mouse.move(slider.x + slider.width / 2, slider.y + slider.height / 2);
    await view.mouse.down();
    for (const part of [0.5, 0.4, 0.3, 0.2]) {
      await view.mouse.move(slider.x + slider.width * part, slider.y + slider.height / 2);
      await view.waitForTimeout(60);
    }
    await view.mouse.up();
    expect(Number(await view.locator('#logit-scale').inputValue())).toBeLessThan(-1.3);
    await view.locator('[data-do="scale"]').first().click();
    await expect.poll(() => view.locator('#logit-scale').inputValue()).toBe('0');
    await view.getByRole('button', { name: 'Nothing', exact: true }).click();
    await expect.poll(() => joint.textContent()).toBe(due(() => false));
    expect(await view.locator('.story').textContent()).toContain('Nothing is seen');
    // By keys: from the middle of the picture, a block of one cell.
    await view.locator('#query').focus();
    await view.keyboard.press('ArrowUp');
    await view.keyboard.press(' ');
    await expect.poll(() => view.locator('[data-number="seen"]').textContent()).toBe('1');
    expect(await view.locator('#query-says').textContent()).toMatch(/^Line 5, column 6: seen, o/);
    await expect.poll(() => joint.textContent()).toBe(due((d) => d === 5 * SIDE + 6));
    // By hand: a line across.
    const box = (await view.locator('#query').boundingBox())!;
    await view.mouse.move(box.x + 3, box.y + 3);
    await view.mouse.down();
    await view.mouse.move(box.x + box.width - 3, box.y + 3, { steps: 30 });
    await view.mouse.up();
    await expect.poll(() => view.locator('[data-number="seen"]').textContent()).toBe('13');
    await expect.poll(() => joint.textContent()).toBe(due((d) => d < SIDE || d === 5 * SIDE + 6));
    await view.getByRole('button', { name: 'Draw your own' }).click();
    await view.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => view.locator('[data-number="seen"]').textContent()).toBe(String(D));
    expect(await view.locator('.truth').textContent()).toBe('What you drew');
    await view.locator('.components button').nth(3).click();
    await expect.poll(() => view.locator('.duel').textContent()).toContain('choose another');
    expect(complaints).toEqual([]);
    await view.close();
  });

  test('a table shows and hides columns', async () => {
    const { view, complaints } = await open(table, { viewport: { width: 1280, height: 900 } });
    expect(await view.locator('[data-number="mean"]').first().textContent()).toMatch(/^\d\.\d{3}$/);
    await view.locator('input[type=checkbox]').nth(0).check();
    await expect.poll(() => view.locator('.story').textContent()).toContain('All is seen');
    await view.locator('input[type=checkbox]').nth(1).uncheck();
    await expect.poll(() => view.locator('[data-number="mean"]').nth(1).textContent()).toMatch(/^\d\d\.\d\d$/);
    expect(complaints).toEqual([]);
    await view.close();
  });
});
