import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MixtentionError } from '@mixtention/core';
import { writeFileAtomic } from '@mixtention/files';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { startChromium } from './chromium.ts';

/** Wide enough for all of the page's columns, and more pixels than points for screens that have them. */
const VIEWPORT = { width: 1128, height: 900 };
const SCALE = 1.5;
/** What of the page is in the picture: one digit from query to answer, five completions, and Old Faithful by EM and gradients. */
const PARTS = '.hero, #completion .cards, .charts';
const SURPLUS = '.cards > li:nth-child(-n + 5), .charts > figure:nth-child(n + 3)';
const MARGIN = 28;

/** `npm run picture`: draws a part of `report/index.html` as `docs/report.png` for the README. */
await runCommand(async () => {
  const page = join(repository, 'report', 'index.html');
  const target = join(repository, 'docs', 'report.png');
  if (!existsSync(page)) {
    throw new MixtentionError('NOT_FOUND', '[bench] picture: report/index.html is not there; "npm start" makes it');
  }
  await mkdir(join(repository, 'docs'), { recursive: true });
  await writeFileAtomic(target, await draw(page));
  console.log(`${relative(repository, target)}, ${Math.round((await stat(target)).size / 1000)} KB`);
});

async function draw(path: string): Promise<Buffer> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: SCALE, colorScheme: 'light' });
    await page.goto(pathToFileURL(path).href);
    // Everything but the chosen parts goes.
    await page.evaluate(
      ({ parts, surplus, margin }) => {
        for (const part of document.querySelectorAll(surplus)) part.remove();
        const chosen = [...document.querySelectorAll<HTMLElement>(parts)];
        document.body.replaceChildren(...chosen);
        document.body.style.padding = `${margin}px`;
        for (const part of chosen) part.style.margin = part === chosen[0] ? '0' : `${margin * 1.6}px 0 0`;
      },
      { parts: PARTS, surplus: SURPLUS, margin: MARGIN },
    );
    return await page.locator('body').screenshot({ type: 'png' });
  } finally {
    await browser.close();
  }
}
