import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const examples = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code!,
);
const firstLine = (code: string): string => code.match(/console\.log\((.*)\);/)![1]!;

test('the README has an example of each part', () => {
  expect(examples.length).toBeGreaterThanOrEqual(4);
});

test.each(examples.map((code) => [firstLine(code), code]))(
  'the README example that prints %s prints what it says',
  async (_, code) => {
    const said = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!);
    const path = join(root, 'packages/cli', `.readme-${process.pid}-${examples.indexOf(code)}.mjs`);
    await writeFile(path, code);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [path], { cwd: root });
      expect(stdout.trimEnd().split('\n')).toEqual(said);
    } finally {
      await rm(path, { force: true });
    }
  },
);
