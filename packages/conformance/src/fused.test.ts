import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fusedBackend, hasFusedRounding } from '@mixtention/core/fused';
import { testBackend } from './backend.ts';

// The built package, since a child process of Node 20 cannot load TypeScript.
const built = new URL(
  'dist/fused.js',
  pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')),
).href;

// Where the machine has one rounding alone, both are the same module.
const roundings = hasFusedRounding() ? (['fastest', 'common'] as const) : (['common'] as const);

for (const precision of ['float32', 'float64'] as const)
  for (const rounding of roundings) {
    // `wasm` of named/backend-wasm.test.ts
    if (precision === 'float32' && rounding === roundings[0]) continue;
    const options = JSON.stringify({ precision, rounding });
    testBackend(`fused ${precision} ${rounding}`, () => fusedBackend({ precision, rounding }), {
      inChild: `import { fusedBackend, hasFusedRounding } from ${JSON.stringify(built)}; const backend = fusedBackend(${options});`,
    });
  }
