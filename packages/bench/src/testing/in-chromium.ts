import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startChromium } from '../picture/chromium.ts';

export type Chromium = {
  /** One that is there for these tests. */
  folder(): string;
  /** Address of a page, written into the folder. */
  write(name: string, page: string): Promise<string>;
  /** A page, and what goes wrong in it: console errors, exceptions, requests for anything but itself. Whoever opens it closes it. */
  open(address: string, options?: BrowserContextOptions): Promise<{ view: Page; complaints: string[] }>;
};

/** Declares tests of pages in one browser. Machines of people need none, and are told so; continuous integration has one. */
export function inChromium(title: string, declare: (chromium: Chromium) => void): void {
  if (findChromium() === null && process.env.CI === undefined) {
    test(`no Chromium was found in PATH or the usual places, so ${title} is not tried; CHROMIUM_PATH names one`, () => {
      expect(findChromium()).toBeNull();
    });
    return;
  }
  describe(title, () => {
    let browser: Browser;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mixtention-page-'));
      browser = await startChromium();
    });
    afterAll(async () => {
      await browser?.close();
      await rm(folder, { recursive: true });
    });
    declare({
      folder: () => folder,
      async write(name, page) {
        const path = join(folder, name);
        await writeFile(path, page);
        return pathToFileURL(path).href;
      },
      async open(address, options) {
        const view = await browser.newPage(options);
        const complaints = listen(view, new URL(address).origin);
        await view.goto(address);
        return { view, complaints };
      },
    });
  });
}

function listen(view: Page, home: string): string[] {
  const complaints: string[] = [];
  view.on('console', (message) => complaints.push(message.text()));
  view.on('pageerror', (error) => complaints.push(error.message));
  view.on('request', (request) => {
    const url = request.url();
    if (!/^(file|data|blob):/.test(url) && new URL(url).origin !== home) complaints.push(url);
  });
  return complaints;
}
