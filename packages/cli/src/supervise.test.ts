import { afterAll, beforeAll, expect, test } from 'vitest';
import { supervise } from './supervise.ts';
import { workFolder } from './testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;

beforeAll(async () => {
  folder = await workFolder();
});
afterAll(() => folder.remove());

test.each([
  ['an exit code is handed on', 'process.exitCode = Number(process.argv[2]) + 1;', 8],
  ['a signal that nobody here asked for is 128 and its number', "process.kill(process.pid, 'SIGTERM');", 143],
  ['a process that was killed is 137', "process.kill(process.pid, 'SIGKILL');", 137],
])('%s', async (_, script, code) => {
  expect(await supervise(await folder.put('script.mjs', script), ['7'])).toBe(code);
});
