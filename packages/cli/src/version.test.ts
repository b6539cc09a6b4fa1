import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mixtention } from './testing.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

test.each(['--version', '-V'])('%s prints the version of the package and nothing else', async (option) => {
  expect(await mixtention([option])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('doctor gives the version too', async () => {
  expect((await mixtention(['doctor'])).stdout).toMatch(new RegExp(`^version +${version}$`, 'm'));
});
