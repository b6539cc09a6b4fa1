import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../packages/native/src/find-program.mjs';
import { lastWords, run } from '../packages/native/src/run.mjs';
import { makeFoldersAbsolute } from './bootstrap.mjs';
import { foreground } from './foreground.mjs';
import { createReporter } from './reporter.mjs';
import { turboEnvironment } from './turbo.mjs';

test('a Node that is too old is turned away in one sentence with exit code 2', async () => {
  for (const name of ['setup', 'start', 'test', 'bench']) {
    const url = JSON.stringify(new URL(`./${name}.mjs`, import.meta.url).href);
    const code = `Object.defineProperty(process, 'versions', { value: { node: '18.19.0' } }); await import(${url});`;
    const answer = await run(process.execPath, ['--input-type=module', '-e', code]);
    assert.equal(answer.code, 2);
    assert.equal(answer.stderr, 'mixtention needs Node 20 or newer and this is Node 18.19.0; nothing was done.\n');
  }
});

test('a program in the foreground gives its exit code, or 128 and the number of the signal that ended it', async () => {
  assert.equal(await foreground(process.execPath, ['-e', 'process.exit(7)']), 7);
  assert.equal(
    await foreground(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1e4)']),
    143,
  );
});

test('a program that is not there, fails or takes too long is an answer', async () => {
  assert.equal((await run('no-such-program-anywhere', [])).missing, true);
  assert.equal((await run(process.execPath, ['-e', 'process.exit(3)'])).code, 3);
  const slow = await run(process.execPath, ['-e', 'setTimeout(() => {}, 1e5)'], { timeoutMs: 100 });
  assert.equal(slow.timedOut, true);
});

test('an abort ends the program and rejects with its reason', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 100);
  const endless = run(process.execPath, ['-e', 'setTimeout(() => {}, 1e5)'], { signal: controller.signal });
  await assert.rejects(endless, /enough/);
});

test('the line that names the trouble is picked out of what a program said', () => {
  const pip = {
    stdout: 'Looking in links\n',
    stderr: 'ERROR: Could not find it\nERROR: No matching distribution\n\n[notice] new pip\n',
  };
  assert.equal(lastWords(pip), 'No matching distribution');
  const node = {
    stdout: '',
    stderr: 'Error: connect ECONNREFUSED\n    at x (y)\nEmitted event at:\n    at z\n\nNode.js v20\n',
  };
  assert.equal(lastWords(node), 'connect ECONNREFUSED');
  assert.equal(
    lastWords({ stdout: '', stderr: 'a.cc:1:2: error: no such type\n1 error generated.\n' }),
    'a.cc:1:2: error: no such type',
  );
  assert.equal(lastWords({ stdout: '', stderr: '' }), 'it said nothing');
});

test('programs are found on the given PATH only', () => {
  assert.equal(findProgram(['node'], { PATH: '' }), undefined);
  assert.equal(findProgram([process.execPath], { PATH: '' }), process.execPath);
});

test('progress redraws itself on a terminal and is left to lines elsewhere', () => {
  const written = [];
  const stream = (isTTY) => ({ isTTY, write: (text) => written.push(text) });
  assert.equal(createReporter(stream(false)).progress, undefined);
  const { log, progress } = createReporter(stream(true));
  progress('unpacking', 5e6, 1e7);
  log('done');
  const bar = `${'█'.repeat(10)}${'░'.repeat(10)}`;
  assert.equal(written[0], `\r\x1b[2Kmixtention · unpacking ${bar} 5 of 10 MB`);
  assert.equal(written[1], '\r\x1b[2Kmixtention · done\n');
});

test('turbo runs without telemetry and knows the backend that tests depend on', () => {
  const env = turboEnvironment({ tensorflow: '2.21.0' }, { version: null });
  assert.equal(env.TURBO_TELEMETRY_DISABLED, '1');
  for (const [tensorflow, version] of [
    [null, null],
    ['2.21.0', 'abc'],
  ])
    assert.notEqual(env.MIXTENTION_RUNTIME, turboEnvironment({ tensorflow }, { version }).MIXTENTION_RUNTIME);
});

test('folders named relative to where the person is become absolute', () => {
  const [here, there] = [join(process.cwd(), 'here'), join(process.cwd(), 'there')];
  const env = {
    INIT_CWD: here,
    MIXTENTION_DATA: join('..', 'there'),
    MIXTENTION_CACHE: there,
    TABLE: 'a.csv',
    OTHER: 'as it was',
  };
  makeFoldersAbsolute(env);
  const TABLE = join(here, 'a.csv');
  assert.deepEqual(env, { INIT_CWD: here, MIXTENTION_DATA: there, MIXTENTION_CACHE: there, TABLE, OTHER: 'as it was' });
});
