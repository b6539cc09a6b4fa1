import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fusedBackend } from '@mixtention/core/fused';
import { testBackend } from './backend.ts';

// The built package, since a child process of Node 20 cannot load TypeScript.
const built = new URL(
  'dist/fused.js',
  pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')),
).href;

for (const precision of ['float32', 'float64'] as const)
  for (const rounding of ['fastest', 'common'] as const) {
    const options = JSON.stringify({ precision, rounding });
    testBackend(`fused ${precision} ${rounding}`, () => fusedBackend({ precision, rounding }), {
      inChild: `import { fusedBackend } from ${JSON.stringify(built)}; const backend = fusedBackend(${options});`,
    });
  }
