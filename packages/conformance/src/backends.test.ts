import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { backendNames, loadBackend } from '@mixtention/core/threads';
import { expect, it } from 'vitest';
import { testBackend } from './backend.ts';

// The built package, since a child process of Node 20 cannot load TypeScript.
const built = new URL(
  'dist/threads.js',
  pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')),
).href;

for (const name of backendNames) {
  const reason = await loadBackend(name).then(
    () => null,
    (error: Error) => error.message,
  );
  if (reason === null) {
    const inChild = `import { loadBackend } from ${JSON.stringify(built)}; const backend = await loadBackend('${name}');`;
    testBackend(name, () => loadBackend(name), { inChild });
  } else {
    it(`backend ${name} is not available here: ${reason}`, () => {
      expect(['native', 'tfjs-node'], 'no other may be missing').toContain(name);
      expect(process.env.MIXTENTION_NATIVE, 'the native library was promised').not.toBe('required');
    });
  }
}
