import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inline } from '@mixtention/core';
import { backendNames, loadBackend, threads } from '@mixtention/core/threads';
import { expect, it } from 'vitest';
import { testExecutor } from './executor.ts';

// The built package, since a child process of Node 20 cannot load TypeScript.
const built = new URL('dist/', pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')));
const imports = `
  import { inline, matrix } from ${JSON.stringify(new URL('index.js', built).href)};
  import { dataset } from ${JSON.stringify(new URL('data.js', built).href)};
  import { loadBackend, threads } from ${JSON.stringify(new URL('threads.js', built).href)};`;

for (const name of backendNames) {
  const reason = await loadBackend(name).then(
    () => null,
    (error: Error) => error.message,
  );
  if (reason !== null) {
    it(`executors on ${name} are not available here: ${reason}`, () => {
      expect(['native', 'tfjs-node'], 'no other may be missing').toContain(name);
    });
    continue;
  }
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
