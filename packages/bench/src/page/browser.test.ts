import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { writeReport } from '../main-job/write-report.ts';
import { findChromium } from '../picture/chromium.ts';
import { inChromium } from '../testing/in-chromium.ts';
import { smallDigit } from '../testing/small-digit.ts';
import { smallResults } from '../testing/small-results.ts';

test('the Chromium that CHROMIUM_PATH names is taken, and none is found where there is none', () => {
  expect(findChromium({ CHROMIUM_PATH: '/a/browser', PATH: '' })).toBe('/a/browser');
  expect(findChromium({ PATH: tmpdir() }) ?? 'none').not.toContain(tmpdir());
});

inChromium('the report in a real browser', ({ folder, open }) => {
  let address: string;

  beforeAll(async () => {
    const { page } = await writeReport({ results: smallResults(), digit: smallDigit() }, folder());
    address = pathToFileURL(page).href;
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [320, 'light'],
  ] as const)('fits a window of %i pixels in %s colors and makes no complaint', async (width, colorScheme) => {
    const { view, complaints } = await open(address, { viewport: { width, height: 800 }, colorScheme });
    expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await view.evaluate(brokenPictures)).toBe(0);
    expect(complaints).toEqual([]);
    await view.close();
  });

  test.each([1280, 901, 900, 761, 760, 390, 320])(
    'shows all of every table in a window of %i pixels, with nothing to scroll',
    async (width) => {
      const { view } = await open(address, { viewport: { width, height: 800 } });
      const tables = await view.evaluate(measureTables);
      expect(tables).toHaveLength(12);
      for (const { filled, seen, scrolls } of tables) {
        expect(filled).toBeGreaterThan(3);
        expect(seen).toBe(filled);
        expect(scrolls).toBe(false);
      }
      await view.close();
    },
  );
});

/** Of every table: its cells that hold something, those of them that are wholly in the window, and whether a part of it is scrolled for. */
function measureTables(): { filled: number; seen: number; scrolls: boolean }[] {
  return [...document.querySelectorAll('table')].map((table) => {
    const filled = [...table.querySelectorAll('td')].filter(({ textContent }) => textContent !== '');
    const seen = filled.filter((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      const { left, right, height } = text.getBoundingClientRect();
      return height > 0 && left >= 0 && right <= document.documentElement.clientWidth;
    });
    const around = table.parentElement!;
    return { filled: filled.length, seen: seen.length, scrolls: around.scrollWidth > around.clientWidth };
  });
}

function brokenPictures(): number {
  return [...document.images].filter(({ complete, naturalWidth }) => !complete || naturalWidth === 0).length;
}
