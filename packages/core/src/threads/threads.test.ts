import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { openExecutor } from './open-executor.ts';
import { threads } from './threads.ts';

const home = dirname(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
// Below this package, so that Piscina is found from there.
const broken = join(home, 'node_modules', `.broken-worker-${process.pid}`);

afterEach(() => rmSync(broken, { recursive: true, force: true }));

it('workers that cannot start are reported with their reason, and the process ends', () => {
  mkdirSync(broken, { recursive: true });
  cpSync(join(home, 'dist'), join(broken, 'dist'), { recursive: true });
  cpSync(join(home, 'package.json'), join(broken, 'package.json'));
  writeFileSync(join(broken, 'dist', 'worker.js'), `throw new Error('the worker is broken on purpose');`);
  const url = (name: string): string => JSON.stringify(pathToFileURL(join(broken, 'dist', name)).href);
  const source = `
    import { matrix } from ${url('index.js')};
    import { dataset } from ${url('data.js')};
    import { threads } from ${url('threads.js')};
    const executor = await threads({ workers: 2, backend: 'plain' });
    const algorithm = { spec: { kind: 'algorithm', name: 'none', module: ${url('index.js')}, from: import.meta.url, config: {} } };
    for (let i = 0; i < 2; i++) {
      await executor.collect(algorithm, { message: {} }, dataset(matrix([[1], [2]]))).catch(({ code, message }) => console.log(code, message));
    }
    await executor.close();
    console.log('closed');`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const line = 'WORKER_LOST [core] threads: shard 0 lost its worker 3 times (the worker is broken on purpose)';
  expect(text.trim().split('\n')).toEqual([line, line, 'closed']);
});

it('without Piscina backends load, and threads say what to install', () => {
  const lonely = mkdtempSync(join(tmpdir(), 'mixtention-lonely-'));
  try {
    cpSync(join(home, 'dist'), join(lonely, 'dist'), { recursive: true });
    cpSync(join(home, 'package.json'), join(lonely, 'package.json'));
    const source = `
      import { loadBackend, openExecutor } from ${JSON.stringify(pathToFileURL(join(lonely, 'dist', 'threads.js')).href)};
      console.log((await loadBackend('plain')).name, (await openExecutor({ backend: 'plain', workers: 0 })).workers);
      await openExecutor({ backend: 'plain', workers: 2 }).catch(({ code, message }) => console.log(code, message));`;
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
    expect(text.trim().split('\n')).toEqual([
      'plain 0',
      'BACKEND_UNAVAILABLE [core] threads: worker threads need the package piscina: install it with "npm install piscina@5"',
    ]);
  } finally {
    rmSync(lonely, { recursive: true, force: true });
  }
});

it('options that are unknown or out of range are refused', async () => {
  for (const [options, due] of [
    [{ worker: 1 }, 'unknown option "worker", did you mean "workers"?'],
    [{ timeoutMs: -5 }, 'timeoutMs is -5, a whole number from 1 was due'],
    [{ tries: 0 }, 'tries is 0, a whole number from 1 was due'],
  ] as const)
    await expect(threads({ backend: 'plain', ...options })).rejects.toThrow(due);
  await expect(openExecutor({ worker: 1 } as object)).rejects.toThrow('did you mean "workers"?');
});

it('a number of workers that is no whole number from 1 is refused', async () => {
  for (const workers of [0, -1, 1.5, Number.NaN]) {
    await expect(threads({ workers, backend: 'plain' })).rejects.toMatchObject({ code: 'BAD_OPTION' });
  }
});

it('a closed executor says so', async () => {
  const executor = await threads({ workers: 1, backend: 'plain' });
  await executor.close();
  await expect(executor.collect(undefined as never, { message: null }, undefined as never)).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
});
