import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../packages/native/src/run.mjs';

const read = async (path) => JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));

test('commands refuse arguments that their program does not take in one sentence with exit code 2, before any set-up', async () => {
  const both = '--components and --logit-scale';
  for (const [script, came, taken, ...args] of [
    ['start', '--quick', `main-job takes ${both}`, '--quick'],
    ['start', '50', `main-job takes ${both}`, '--logit-scale', '0.1', '50'],
    ['start', '--components 0', `main-job takes ${both}`, '--components', '0'],
    ['start', '--components ', `main-job takes ${both}`, '--components='],
    ['start', '--logit-scale -1', `main-job takes ${both}`, '--components', '50', '--logit-scale=-1'],
    ['start', '--logit-scale" alone', `main-job takes ${both}`, '--logit-scale'],
    ['bench', '--quick', 'picture takes no arguments', 'picture', '--quick'],
  ]) {
    const answer = await run(process.execPath, [fileURLToPath(new URL(`./${script}.mjs`, import.meta.url)), ...args]);
    assert.equal(answer.code, 2);
    assert.equal(answer.stdout, '');
    assert.ok(answer.stderr.startsWith(`mixtention · "${came}`), answer.stderr);
    assert.match(answer.stderr, new RegExp(`came, but ${taken}; .*\n$`));
  }
});

test('every command of bench.mjs is a task of turbo and a script of a package, and every task of turbo is a script', async () => {
  const { scripts } = await read('../package.json');
  const { tasks } = await read('../turbo.json');
  const packages = await Promise.all(['bench', 'em'].map((name) => read(`../packages/${name}/package.json`)));
  const known = packages.flatMap((manifest) => Object.keys(manifest.scripts));
  const commands = Object.values(scripts).flatMap((script) => /bench\.mjs (\S+)$/.exec(script)?.[1] ?? []);
  assert.ok(commands.length >= 5);
  for (const task of commands) assert.ok(task in tasks, task);
  // `transit` only orders the others.
  for (const task of Object.keys(tasks).filter((name) => name !== 'transit')) assert.ok(known.includes(task), task);
});
