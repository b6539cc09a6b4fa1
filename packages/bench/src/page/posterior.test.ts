import { type Model, svi } from '@mixtention/svi';
import { posteriorPage } from '@mixtention/svi/page';
import { beforeAll, expect, test } from 'vitest';
import { inChromium } from '../testing/in-chromium.ts';

/** Sites of every kind: single numbers, a plate, hundreds of members, switches. */
const model: Model<null> = ({ sample, observe, plate, normal, halfCauchy, bernoulli, add, mul }) => {
  const [mu, tau] = [sample('mu', normal(0, 5)), sample('a_rather_long_name_of_a_scale', halfCauchy(5))];
  const t = plate('schools', 8, () => sample('t', normal(0, 1)));
  observe('y', normal(add(mu, mul(tau, t)), 10), [28, 8, -3, 7, -1, 1, 18, 12]);
  plate('many', 200, () => sample('many', normal(0, 1)));
  plate('switches', 5, () => sample('on', bernoulli(0.3)));
};

inChromium('a posterior in a real browser', ({ write, open }) => {
  const pages: string[] = [];

  beforeAll(async () => {
    const result = svi(model, null, { discrete: 'enumerated', steps: 300, learningRate: 0.05, resultDraws: 400 });
    const trace = [100, 200, 300].map((step) => ({ step, bound: step / 100 - 40, learningRate: 0.1 - step / 6000 }));
    for (const [i, corrected] of [true, false].entries()) {
      const told = { ...result, corrected, paretoK: 0.6, mended: corrected ? { rounds: 1, paretoK: 0.58 } : null };
      pages.push(await write(`posterior-${i}.html`, posteriorPage(told, { title: 'schools.mjs', trace })));
    }
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
    [320, 'light'],
  ] as const)(
    'fits a window of %i pixels in %s colors, asks for nothing and makes no complaint; names can be read',
    async (width, colorScheme) => {
      for (const address of pages) {
        const { view, complaints } = await open(address, { viewport: { width, height: 800 }, colorScheme });
        expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        expect(complaints).toEqual([]);
        const { smallest, overlaps } = await view.evaluate(measureTexts);
        expect(smallest).toBeGreaterThan(width < 390 ? 9 : 10);
        expect(overlaps).toEqual([]);
        await view.close();
      }
    },
  );
});

/** The height of the smallest text in drawings, and texts of one drawing that stand on one another. */
function measureTexts(): { smallest: number; overlaps: string[] } {
  let smallest = Number.POSITIVE_INFINITY;
  const overlaps: string[] = [];
  for (const drawing of document.querySelectorAll('svg')) {
    const boxes = [...drawing.querySelectorAll('text')].map((text) => ({
      text: text.textContent,
      box: text.getBoundingClientRect(),
    }));
    boxes.forEach(({ text, box }, i) => {
      smallest = Math.min(smallest, box.height);
      for (const other of boxes.slice(i + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 3) overlaps.push(`${text} on ${other.text}`);
      }
    });
  }
  return { smallest, overlaps };
}
