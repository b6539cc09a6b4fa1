import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { plain } from '../backends/plain.ts';
import { matrix } from '../base/matrix.ts';
import type { AnyAlgorithm, Dataset, Executor } from '../contracts/index.ts';
import { dataset } from '../data/dataset.ts';
import { inline } from '../loop/inline.ts';
import type { AlgorithmTable } from '../loop/spec.ts';
import { threads } from './threads.ts';

/** Counts rows, and misbehaves in shard 2. */
const SOURCE = `
import { existsSync, writeFileSync } from 'node:fs';
import { isMainThread, MessagePort } from 'node:worker_threads';
if (import.meta.url.endsWith('?only-one-starts')) {
  try { writeFileSync(new URL('started', import.meta.url), '', { flag: 'wx' }); }
  catch { await new Promise((resolve) => setTimeout(resolve, 1e8)); }
}
const faults = {
  'throw null': () => { throw null; },
  'throw text': () => { throw 'only text'; },
  'nothing': () => undefined,
  'exit': () => process.exit(1),
  'stuck once': ({ marker }) => { if (!existsSync(marker)) { writeFileSync(marker, ''); for (;;); } },
  'stuck': () => { for (;;); },
  'late throw': () => { setTimeout(() => { throw new Error('after the answer'); }, 0); },
};
if (import.meta.url.endsWith('?lost-at-its-end') && !isMainThread) {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...rest) {
    postMessage.call(this, message, ...rest);
    if (Array.isArray(message) && message.at(-1).status !== 'running') process.exit(0);
  };
}
export const algorithms = {
  count: (config) => ({
    spec: { kind: 'algorithm', name: 'count', module: config.url, from: config.url, config },
    claims: { objective: 'monotone' },
    ask: (message) => ({ message }),
    update: (state) => ({ state, info: { objective: 0, logLikelihood: 0, status: 'converged' } }),
    collect(_, shard) {
      if (shard.index === 2 && config.fault !== null) {
        const answer = faults[config.fault](config);
        if (config.fault === 'nothing') return answer;
      }
      for (const end = performance.now() + config.busyMs; performance.now() < end; );
      return { rows: shard.rows };
    },
  }),
};`;

const folder = mkdtempSync(join(tmpdir(), 'mixtention-lost-'));
const url = pathToFileURL(join(folder, 'count.mjs')).href;
writeFileSync(join(folder, 'count.mjs'), SOURCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function counting(fault: string | null, busyMs = 0): Promise<AnyAlgorithm> {
  const { algorithms } = (await import(/* @vite-ignore */ url)) as { algorithms: AlgorithmTable };
  return algorithms.count!({ url, fault, busyMs, marker: join(folder, `marker ${fault}`) });
}

/** Of 40 rows. */
const all = { sum: { rows: 40 }, parts: null };

const data = (shards = 4): Dataset =>
  dataset(matrix(Array.from({ length: shards * 10 }, (_, i) => [i])), { shardRows: 10 });

async function withThreads(
  use: (executor: Executor) => Promise<void>,
  options: { workers?: number; timeoutMs?: number } = {},
): Promise<void> {
  const executor = await threads({ workers: 2, backend: 'plain', ...options });
  try {
    await use(executor);
  } finally {
    await executor.close();
  }
}

it('what is thrown may be anything: the shard is named, with threads and without', async () => {
  await withThreads(async (executor) => {
    for (const [fault, said] of [
      ['throw null', 'null'],
      ['throw text', 'only text'],
    ] as const) {
      for (const one of [executor, inline(plain)])
        await expect(one.collect(await counting(fault), { message: null }, data())).rejects.toMatchObject({
          code: 'TASK',
          message: expect.stringMatching(`shard 2 failed: ${said}`),
        });
    }
  });
});

it('a shard without statistics is an error, with threads and without; no rows get lost', async () => {
  await withThreads(async (executor) => {
    for (const one of [executor, inline(plain)])
      await expect(one.collect(await counting('nothing'), { message: null }, data())).rejects.toMatchObject({
        code: 'BAD_SHAPE',
      });
  });
});

it('a worker that is stuck costs its deadline; stuck for ever, the shard is reported with the deadline', async () => {
  await withThreads(
    async (executor) => {
      expect(await executor.collect(await counting('stuck once'), { message: null }, data())).toEqual(all);
      await expect(executor.collect(await counting('stuck'), { message: null }, data())).rejects.toMatchObject({
        code: 'WORKER_LOST',
        message: '[core] threads: shard 2 lost its worker 3 times (it took longer than 1500 ms)',
      });
      expect(await executor.collect(await counting(null), { message: null }, data())).toEqual(all);
    },
    // A worker counts as stuck while it starts: on a loaded machine that takes most of a second.
    { timeoutMs: 1500 },
  );
});

it('an error that comes after the answer costs nothing but a worker', async () => {
  await withThreads(async (executor) => {
    for (let i = 0; i < 3; i++)
      expect(await executor.collect(await counting('late throw'), { message: null }, data())).toEqual(all);
  });
});

it('an abort while a lost worker is replaced is an abort', async () => {
  await withThreads(async (executor) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const run = executor.collect(await counting('exit', 15), { message: null }, data(), { signal: controller.signal });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

it('an abort ends a run whose algorithm never looks up, at the cost of its worker', async () => {
  await withThreads(async (executor) => {
    const run = executor.collect(await counting('stuck'), { message: null }, data(), {
      signal: AbortSignal.timeout(50),
    });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await executor.collect(await counting(null), { message: null }, data())).toEqual(all);
  });
}, 30_000);

it('a pass does not wait for a worker that found nothing left to do', async () => {
  const executor = await threads({ workers: 2, backend: 'plain' });
  const one = await counting(null);
  const algorithm = { ...one, spec: { ...one.spec, module: `${url}?only-one-starts` } };
  for (let i = 0; i < 2; i++) expect(await executor.collect(algorithm, { message: null }, data())).toEqual(all);
  await executor.close();
});

it('a start whose worker is lost after its last step is over: it makes no step more', async () => {
  await withThreads(async (executor) => {
    const one = await counting(null);
    const algorithm = { ...one, spec: { ...one.spec, module: `${url}?lost-at-its-end` } };
    const told: string[] = [];
    await executor.starts!.run(algorithm, data(), {
      state: null,
      onSteps: (steps) => told.push(...steps.map(({ iteration, status }) => `${iteration} ${status}`)),
    });
    expect(told).toEqual(['0 converged']);
  });
});

it('closing ends a run in the middle, and leaves nothing that works on', async () => {
  const executor = await threads({ workers: 2, backend: 'plain' });
  const run = executor.collect(await counting(null, 10), { message: null }, data(400));
  const failed = expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await executor.close();
  await failed;
});

it('more workers than shards are not started', async () => {
  await withThreads(
    async (executor) => {
      expect(executor.workers).toBe(100_000);
      expect(await executor.collect(await counting(null), { message: null }, data())).toEqual(all);
    },
    { workers: 100_000 },
  );
});

it('an executor may be closed at any moment of the start of its workers', () => {
  const home = pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
  const source = `
    import { threads } from ${JSON.stringify(new URL('dist/threads.js', home).href)};
    for (let i = 0; i < 60; i++) {
      const executor = await threads({ workers: 2, backend: 'plain' });
      await new Promise((resolve) => setTimeout(resolve, 2 * i));
      await executor.close();
    }
    console.log('closed');`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
  expect(text.trim()).toBe('closed');
});

it.runIf(process.platform === 'linux')(
  'close leaves no thread behind: of workers that are starting, work, hang, were given up or lost, in passes and in whole starts; called once, twice, or in the middle',
  () => {
    const home = pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
    const from = (name: string): string => JSON.stringify(new URL(`dist/${name}`, home).href);
    const source = `
    import { readdirSync } from 'node:fs';
    import { matrix } from ${from('index.js')};
    import { dataset } from ${from('data.js')};
    import { threads } from ${from('threads.js')};
    import { algorithms } from ${JSON.stringify(url)};
    const algorithm = (fault) => algorithms.count({ url: ${JSON.stringify(url)}, fault, busyMs: 0, marker: '' });
    const data = dataset(matrix([[1], [2], [3], [4]]), { shardRows: 1 });
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const use = async (fault, closes) => {
      const executor = await threads({ workers: 2, backend: 'plain', timeoutMs: 400, tries: 1 });
      const run = Promise.all([
        executor.collect(algorithm(fault), { message: null }, data).catch((error) => error.code),
        executor.starts.run(algorithm(fault), data, { state: null, onSteps() {} }).catch((error) => error.code),
      ]);
      if (closes !== 'in the middle') await run;
      else await pause(150);
      await Promise.all(Array.from({ length: closes === 'twice' ? 2 : 1 }, () => executor.close()));
      await run;
    };
    const rounds = async (times) => {
      for (let i = 0; i < times; i++)
        for (const fault of [null, 'exit', 'stuck', 'late throw'])
          for (const closes of ['once', 'twice', 'in the middle']) await use(fault, closes);
      // What would start a thread too many starts it at the end of another.
      await pause(300);
      return readdirSync('/proc/self/task').length;
    };
    const before = await rounds(1);
    console.log((await rounds(2)) - before);`;
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
    expect(Number(text)).toBeLessThanOrEqual(1);
  },
  120_000,
);

it('a program that ends without closing its executor ends by itself, with status 0', () => {
  const home = pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
  const from = (name: string): string => JSON.stringify(new URL(`dist/${name}`, home).href);
  const source = `
    import { matrix } from ${from('index.js')};
    import { dataset } from ${from('data.js')};
    import { threads } from ${from('threads.js')};
    import { algorithms } from ${JSON.stringify(url)};
    const executor = await threads({ workers: 2, backend: 'plain' });
    const algorithm = algorithms.count({ url: ${JSON.stringify(url)}, fault: null, busyMs: 0 });
    const { sum: { rows } } = await executor.collect(algorithm, { message: null }, dataset(matrix([[1], [2]])));
    console.log(rows);`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(text.trim()).toBe('2');
});
