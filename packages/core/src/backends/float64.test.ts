import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { LinearTerm, Scores } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { generator, key } from '../numeric/index.ts';
import { float64 } from './float64.ts';
import { plain } from './plain.ts';

it('calls of any size have the results of plain to 1e-14, whichever kernel they take', () => {
  for (const rows of [1, 40, 170, 4000]) {
    const random = generator(key(rows));
    const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());
    const [width, components] = [3, 4];
    const term: LinearTerm = { form: 'linear', statistics: identity.none, columns: null, width, natural: draw(12) };
    const scores: Scores = { components, bias: draw(components), terms: [term] };
    const block = { data: draw(rows * width), rows, cols: width, stride: width };
    const came = float64.write([float64.take(block)], scores);
    const due = plain.write([plain.take(block)], scores);
    expect(came.precision).toBe('float64');
    expect(Math.abs(came.logEvidence / due.logEvidence - 1)).toBeLessThan(1e-14);
    came.sums[0]!.forEach((sum, i) => {
      expect(Math.abs(sum - due.sums[0]![i]!)).toBeLessThan(1e-14 * rows);
    });
  }
});

it('what large scores took of the memory of the module is given back with the rows', () => {
  const [rows, components, width] = [8, 150_000, 64];
  const term: LinearTerm = {
    form: 'linear',
    statistics: identity.none,
    columns: null,
    width,
    natural: new Float64Array(components * width),
  };
  const taken = float64.take({ data: new Float64Array(rows * width), rows, cols: width, stride: width });
  const before = process.memoryUsage().rss;
  const read = (): void =>
    void float64.read([taken], { components, bias: new Float64Array(components), terms: [{ ...term }] }, null);
  for (let time = 0; time < 8; time++) {
    read();
    float64.release(taken);
  }
  // Eight memories of 77 MB or more, if none were given back.
  expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
});

it('where an engine has no WebAssembly plain stands in, and the kernel is refused in a sentence', () => {
  const root = dirname(createRequire(import.meta.url).resolve('@mixtention/core/package.json'));
  const built = pathToFileURL(join(root, 'dist', 'index.js')).href;
  const source = `
    import { float64, plain, wasm } from ${JSON.stringify(built)};
    const statistics = { key: 'x', squares: 'none', width: (d) => d, statistics: (x) => x, logBaseMeasure: () => null };
    const term = { form: 'linear', statistics, columns: null, width: 1, natural: Float64Array.of(1, -1) };
    const scores = { components: 2, bias: Float64Array.of(0, 0.5), terms: [term] };
    const block = { data: Float64Array.from({ length: 5000 }, (_, n) => Math.sin(n)), rows: 5000, cols: 1, stride: 1 };
    const [came, due] = [float64, plain].map((own) => own.write([own.take(block)], scores).logEvidence);
    let code = 'none';
    try { wasm(); } catch (error) { code = error.code; }
    console.log(typeof WebAssembly, came === due, code);`;
  const { stdout } = spawnSync(process.execPath, ['--jitless', '--input-type=module', '-e', source], {
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n').at(-1)).toBe('undefined true BACKEND_UNAVAILABLE');
});
