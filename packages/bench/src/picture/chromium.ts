import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MixtentionError } from '@mixtention/core';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
/** A browser that opens one local file: no profile to set up, nothing to fetch in the background. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the Chromium that `CHROMIUM_PATH` names, or the first one found in `PATH` and the usual places, without a window.
 *
 * @throws BROWSER_UNAVAILABLE where there is none
 */
export async function startChromium(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const executablePath = findChromium(env);
  if (executablePath === null) {
    throw new MixtentionError(
      'BROWSER_UNAVAILABLE',
      '[bench] startChromium: no Chromium was found in PATH or the usual places; install one, or name it in CHROMIUM_PATH',
    );
  }
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
}

/** Path of a Chromium, or null. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH;
  const extension = process.platform === 'win32' ? '.exe' : '';
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const inPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name + extension)));
  return [...inPath, ...PLACES].find((path) => existsSync(path)) ?? null;
}
