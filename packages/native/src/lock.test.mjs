import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withLock } from './lock.mjs';
import { run } from './run.mjs';

const folder = await mkdtemp(join(tmpdir(), 'mixtention-lock-'));
after(() => rm(folder, { recursive: true, force: true }));

test('processes that want one lock at once get it one after another', async () => {
  const [lock, diary] = [join(folder, 'shared.lock'), join(folder, 'diary')];
  const code = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)};
    for (let round = 0; round < 3; round++) await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(diary)}, 'in ' + process.pid + '\\n');
      await sleep(30);
      appendFileSync(${JSON.stringify(diary)}, 'out ' + process.pid + '\\n');
    });`;
  const runs = await Promise.all([1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '-e', code])));
  for (const { code: status, stderr } of runs) assert.equal(status, 0, stderr);
  const lines = (await readFile(diary, 'utf8')).trim().split('\n');
  assert.equal(lines.length, 18);
  for (let i = 0; i < lines.length; i += 2) {
    assert.match(lines[i], /^in /);
    assert.equal(lines[i + 1], lines[i].replace('in', 'out'));
  }
  assert.deepEqual(await readdir(folder), ['diary']);
});

test('a lock whose process is gone is taken over at once', async () => {
  const path = join(folder, 'dead.lock');
  const { stdout } = await run(process.execPath, ['-p', 'process.pid']);
  await writeFile(path, JSON.stringify({ pid: Number(stdout), host: hostname(), token: 'x' }));
  assert.equal(await withLock(path, async () => 'mine', { waitMs: 0 }), 'mine');
});

test('a lock from another host is honoured while it is touched and taken over when it is not', async () => {
  const path = join(folder, 'elsewhere.lock');
  await writeFile(path, JSON.stringify({ pid: 1, host: 'another-host', token: 'x' }));
  const waited = [];
  await assert.rejects(
    withLock(path, async () => 'mine', { waitMs: 0, onWait: ({ pid }) => waited.push(pid) }),
    /process 1 has held .* for too long/,
  );
  assert.deepEqual(waited, [1]);
  await utimes(path, new Date(0), new Date(0));
  assert.equal(await withLock(path, async () => 'mine', { waitMs: 0 }), 'mine');
});

test('a lock that is no sense at all is taken over once it is old', async () => {
  const path = join(folder, 'nonsense.lock');
  await writeFile(path, 'not JSON');
  await utimes(path, new Date(0), new Date(0));
  assert.equal(await withLock(path, async () => 'mine', { waitMs: 0 }), 'mine');
});

test('waiting for a lock ends when it is aborted, and leaves the lock with its holder', async () => {
  const path = join(folder, 'held.lock');
  await withLock(path, async () => {
    const before = await readFile(path, 'utf8');
    await assert.rejects(
      withLock(path, async () => {}, { signal: AbortSignal.timeout(100) }),
      { name: 'AbortError' },
    );
    assert.equal(await readFile(path, 'utf8'), before);
  });
});

test('a task that throws gives its lock back', async () => {
  const path = join(folder, 'thrown.lock');
  const task = () => Promise.reject(new Error('the task failed'));
  await assert.rejects(withLock(path, task), /the task failed/);
  assert.equal(await withLock(path, async () => 'again', { waitMs: 0 }), 'again');
});
