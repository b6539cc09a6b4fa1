import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const root = dirname(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
const built = pathToFileURL(join(root, 'dist', 'data.js')).href;

/** Prints whether a `WebAssembly.Memory` can be had, and what data sets hold. */
const SOURCE = `
  import { dataset } from ${JSON.stringify(built)};
  let refused = 0;
  try { new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }); } catch { refused = 1; }
  const { columns, source } = dataset({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 });
  console.log(refused, columns.mean.join(), source.buffer instanceof SharedArrayBuffer);`;

it.skipIf(process.platform !== 'linux')(
  'data find room where the address space is limited and WebAssembly memories cannot be had (ulimit is of Linux here)',
  () => {
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -v 8000000; exec "$0" --input-type=module -e "$1"', process.execPath, SOURCE],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('1 2,3 true');
  },
);
