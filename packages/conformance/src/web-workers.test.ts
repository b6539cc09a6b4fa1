import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { plain, wasm } from '@mixtention/core';
import { type WorkerLike, webWorkers } from '@mixtention/core/web-workers';
import { afterAll, expect, it } from 'vitest';
import { testExecutor } from './executor.ts';

// The protocol of pages over threads of Node, whose workers can be killed on purpose; that pages keep it too is seen in Chromium (bench/src/browser).
const built = new URL('dist/', pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')));
const folder = mkdtempSync(join(tmpdir(), 'mixtention-web-worker-'));
const script = join(folder, 'worker.mjs');
writeFileSync(
  script,
  `import { parentPort } from 'node:worker_threads';
   import { serveWorker } from ${JSON.stringify(new URL('web-workers.js', built).href)};
   serveWorker({}, parentPort);`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A thread of Node with the face of a page's worker. */
function open(path = script): WorkerLike {
  const worker = new Worker(path);
  const target = new EventTarget();
  worker.on('message', (data) => target.dispatchEvent(new MessageEvent('message', { data })));
  worker.on('error', ({ message }) => target.dispatchEvent(Object.assign(new Event('error'), { message })));
  worker.on('exit', () => target.dispatchEvent(Object.assign(new Event('error'), { message: 'it ended' })));
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer as never[]),
    addEventListener: (type, listener) => target.addEventListener(type, listener),
    removeEventListener: (type, listener) => target.removeEventListener(type, listener),
    terminate: () => worker.terminate(),
  };
}

for (const [name, backend] of [
  ['plain', plain],
  ['wasm', wasm()],
] as const)
  testExecutor(`web workers on ${name}`, (workers) => webWorkers({ open, workers, backend: name }), {
    backend: () => backend,
    hasWorkers: true,
    hasStarts: true,
  });

it('options that cannot be meant are refused', () => {
  const refuse = (options: object, message: string): void =>
    expect(() => webWorkers({ open, ...options })).toThrow(`[core] webWorkers: ${message}`);
  refuse({ workers: 0 }, 'workers is 0, a whole number from 1 was due');
  refuse({ backend: 'native' }, 'unknown backend "native"');
  refuse({ open: 'worker.js' }, 'open is "worker.js", a function that opens a worker was due');
});
