import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { addonBackend } from '@mixtention/core/fused';
import { availableAddon } from '@mixtention/core/testing';
import { expect, it } from 'vitest';
import { testBackend } from './backend.ts';

// The built packages, since a child process of Node 20 cannot load TypeScript.
const built = (name: string): string =>
  JSON.stringify(
    new URL(`dist/${name}.js`, pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')))
      .href,
  );

const addon = availableAddon();

it('where the native kernel is promised it is there', () => {
  expect(addon !== null || process.env.MIXTENTION_NATIVE !== 'required').toBe(true);
});

// The best set of instructions of this processor, or the one that MIXTENTION_INSTRUCTIONS names; core tests all of them on fewer cases. In float32 it is the
// backend `native`, which is tested as all backends are.
if (addon !== null)
  testBackend('native float64', () => addonBackend(addon, { precision: 'float64' }), {
    inChild: `import { addonBackend } from ${built('fused')}; import { loadAddon } from ${built('threads')}; const backend = addonBackend(loadAddon(), { precision: 'float64' });`,
  });
