import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type BackendName, inline } from '@mixtention/core';
import { loadBackend, threads } from '@mixtention/core/threads';
import { expect, it } from 'vitest';
import { testBackend } from './backend.ts';
import { testExecutor } from './executor.ts';

// The built package, since a child process of Node 20 cannot load TypeScript.
const dist = new URL('dist/', pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')));
const built = (name: string): string => JSON.stringify(new URL(`${name}.js`, dist).href);

/** The suite on a backend that is loaded by its name; a file a backend, so that they run side by side. */
export async function testNamedBackend(name: BackendName): Promise<void> {
  if (await isMissing(name)) return;
  const inChild = `import { loadBackend } from ${built('threads')}; const backend = await loadBackend('${name}');`;
  const combinations = name === 'plain' || name === 'wasm' ? 'all' : 'pairs';
  testBackend(name, () => loadBackend(name), { inChild, combinations });
}

/** The suite on the executors over such a backend. */
export async function testNamedExecutors(name: BackendName): Promise<void> {
  if (await isMissing(name)) return;
  const imports = `
    import { inline, matrix } from ${built('index')};
    import { dataset } from ${built('data')};
    import { loadBackend, threads } from ${built('threads')};`;
  const backend = () => loadBackend(name);
  testExecutor(`inline on ${name}`, async () => inline(await backend()), {
    backend,
    inChild: `${imports} const executor = inline(await loadBackend('${name}'));`,
  });
  testExecutor(`threads on ${name}`, (workers) => threads({ workers, backend: name }), {
    backend,
    hasWorkers: true,
    hasStarts: true,
    inChild: `${imports} const executor = await threads({ workers: 2, backend: '${name}' });`,
  });
}

async function isMissing(name: BackendName): Promise<boolean> {
  const reason = await loadBackend(name).then(
    () => null,
    (error: Error) => error.message,
  );
  if (reason !== null)
    it(`backend ${name} is not available here: ${reason}`, () => {
      expect(['native', 'tfjs-node'], 'no other may be missing').toContain(name);
      expect(process.env.MIXTENTION_NATIVE, 'the native library was promised').not.toBe('required');
    });
  return reason !== null;
}
