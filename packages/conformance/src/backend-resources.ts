import { execFileSync } from 'node:child_process';
import type { AccumulateOptions, Backend, Cancellation, KernelOptions, Scores } from '@mixtention/core';
import { MixtentionError } from '@mixtention/core';
import { expect } from 'vitest';
import type { BackendRow } from './backend-subject.ts';
import { type KernelCase, kernelCase } from './kernel-case.ts';
import { readCase, withRows, writeCase } from './kernel-compare.ts';

/** Cancellation, tensors, memory. */
export const resourceRows: readonly BackendRow[] = [
  {
    name: 'cancelled-before',
    title: 'a call that is cancelled before it starts throws ABORTED',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 10, components: 3, width: 2, seed: 1 }, backend.precision);
      expect(codeOf(() => writeCase(backend, sample, { cancel: { aborted: true } }))).toBe('ABORTED');
      const cancel = { aborted: true };
      expect(codeOf(() => readCase(backend, sample, null, { cancel }))).toBe('ABORTED');
      expect(codeOf(() => scoreCase(backend, sample, { cancel }))).toBe('ABORTED');
      expect(codeOf(() => accumulateCase(backend, sample, { cancel }))).toBe('ABORTED');
    },
  },
  {
    name: 'cancelled-between-tiles',
    title: 'a call over many tiles is cancelled between them, holds on to nothing, and leaves the backend usable',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 60_000, components: 64, width: 2, seed: 2 }, backend.precision);
      const due = writeCase(backend, sample);
      const before = tensors(backend);
      expect(codeOf(() => writeCase(backend, sample, { cancel: afterChecks(2) }))).toBe('ABORTED');
      expect(
        codeOf(() =>
          readCase(backend, sample, { data: new Float64Array(64), rows: 64, cols: 1 }, { cancel: afterChecks(2) }),
        ),
      ).toBe('ABORTED');
      expect(tensors(backend)).toBe(before);
      expect(writeCase(backend, sample)).toStrictEqual(due);
    },
  },
  {
    name: 'no-leaks',
    title: 'write, read, backward, score, accumulate and release leave no tensor behind',
    check: ({ backend }) => {
      const before = tensors(backend);
      for (const form of ['linear', 'whitened'] as const) {
        for (let seed = 0; seed < 5; seed++) {
          const sample = kernelCase({ form, rows: 50, components: 4, width: 3, seed }, backend.precision);
          writeCase(backend, sample, { rowWeights: new Float64Array(50).fill(2), hard: seed % 2 === 0 });
          readCase(
            backend,
            sample,
            { data: new Float64Array(8), rows: 4, cols: 2 },
            { labels: true, responsibilities: true },
          );
          if (form === 'linear')
            withRows(backend, sample.blocks, (rows) => {
              const values = { data: new Float64Array(8).fill(1), rows: 4, cols: 2 };
              const reading = backend.read(rows, sample.scores, values);
              backend.backward(rows, sample.scores, values, { reading, gradient: { output: reading.output } });
            });
          scoreCase(backend, sample);
          accumulateCase(backend, sample);
          expect(codeOf(() => accumulateCase(backend, sample, { cancel: { aborted: true } }))).toBe('ABORTED');
          expect(() =>
            withRows(backend, sample.blocks, (rows) => backend.write(rows, widened(sample.scores))),
          ).toThrow();
        }
      }
      expect(tensors(backend)).toBe(before);
    },
  },
  {
    name: 'steady-rows',
    title: 'rows once taken serve any number of calls without holding more',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 500, components: 5, width: 3, seed: 3 }, backend.precision);
      withRows(backend, sample.blocks, (rows) => {
        const first = backend.write(rows, sample.scores);
        const held = tensors(backend);
        for (let i = 0; i < 20; i++) expect(backend.write(rows, { ...sample.scores })).toStrictEqual(first);
        expect(tensors(backend)).toBe(held);
      });
    },
  },
  {
    name: 'inputs-untouched',
    title: 'rows, scores, weights and values are left as they came',
    check: ({ backend }) => {
      for (const form of ['linear', 'whitened'] as const) {
        const make = () => ({
          ...kernelCase({ form, rows: 100, components: 4, width: 3, stride: 8, seed: 4 }, backend.precision),
          rowWeights: new Float64Array(100).fill(0.5),
        });
        const [sample, twin] = [make(), make()];
        writeCase(backend, sample, { rowWeights: sample.rowWeights });
        readCase(backend, sample, null, { responsibilities: true });
        expect(sample).toStrictEqual(twin);
      }
    },
  },
  {
    name: 'shapes-refused',
    title:
      'scores of another width, without terms, too few biases, and values of another count are refused as BAD_SHAPE',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 4, components: 3, width: 2, seed: 5 }, backend.precision);
      const { scores } = sample;
      const refused = [
        () => writeCase(backend, { ...sample, scores: widened(scores) }),
        () => writeCase(backend, { ...sample, scores: { ...scores, terms: [] } }),
        () => writeCase(backend, { ...sample, scores: { ...scores, bias: scores.bias.subarray(1) } }),
        () => readCase(backend, sample, { data: new Float64Array(4), rows: 4, cols: 1 }),
        () => scoreCase(backend, { ...sample, scores: widened(scores) }),
        () => accumulateCase(backend, { ...sample, scores: { ...scores, terms: [] } }),
        () => accumulateCase(backend, { ...sample, scores: { ...scores, components: 0 } }),
      ];
      expect(refused.map(codeOf)).toEqual(refused.map(() => 'BAD_SHAPE'));
    },
  },
];

/** Sizes of the memory row: N×K would be 0.8 GB of float32, where tensors take some room whatever the rows, 0.3 GB of float64. */
const SIZES = { float32: { rows: 200_000, components: 1024 }, float64: { rows: 40_000, components: 1024 } } as const;

/**
 * The row that measures a process of its own: over write and read of N rows × K components its peak grows by a fraction of N×K.
 *
 * @param inChild  source of an ES module that defines `backend`
 */
export function memoryRow(inChild: string): BackendRow {
  return {
    name: 'memory',
    title: 'write and read never hold N×K: the peak memory of a process over both grows by less than a fifth of it',
    check: ({ backend }) => {
      const { rows, components } = SIZES[backend.precision];
      const source = measurement(inChild, rows, components);
      // What is freed goes back at once: glibc else keeps freed tiles in holes that the next ones may not fit, 100 to 500 MB of them.
      const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: '1000000' };
      const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', env });
      const growth = Number(text.trim().split('\n').at(-1));
      expect(growth).toBeGreaterThan(rows * 8);
      expect(growth).toBeLessThan((rows * components * (backend.precision === 'float32' ? 4 : 8)) / 5);
    },
  };
}

function measurement(inChild: string, rows: number, components: number): string {
  return `${inChild}
    import { readFileSync } from 'node:fs';
    // Linux lets a child's maxRSS begin with its parent's; VmHWM is the process's own.
    const peak = () => {
      if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
      return 1024 * Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    };
    const [rows, cols, K] = [${rows}, 2, ${components}];
    const before = peak();
    const data = new (backend.precision === 'float32' ? Float32Array : Float64Array)(rows * 8);
    for (let i = 0; i < rows * 8; i += 8) [data[i], data[i + 1]] = [Math.sin(i), Math.cos(3 * i)];
    const natural = Float64Array.from({ length: K * cols }, (_, i) => Math.sin(i));
    const statistics = { key: 'x', squares: 'none' };
    const scores = { components: K, bias: new Float64Array(K), terms: [{ form: 'linear', statistics, columns: null, width: cols, natural }] };
    const held = [backend.take({ data, rows, cols, stride: 8 })];
    const { counts } = backend.write(held, scores);
    if (Math.abs(counts.reduce((a, b) => a + b) - rows) > 1e-3 * rows) throw new Error('counts do not sum to N');
    backend.read(held, scores, { data: natural, rows: K, cols });
    console.log(peak() - before);`;
}

function scoreCase(backend: Backend, { blocks, scores }: KernelCase, options?: KernelOptions): void {
  withRows(backend, blocks, (rows) => backend.score(rows, scores, () => {}, options));
}

/** Every row whole to every component. */
function accumulateCase(backend: Backend, { blocks, scores }: KernelCase, options?: AccumulateOptions): void {
  const { components, terms: stands } = scores;
  withRows(backend, blocks, (rows) =>
    backend.accumulate(rows, { components, stands }, (_, __, out) => out.fill(1), options),
  );
}

/** Scores over one column more than there is. */
function widened(scores: Scores): Scores {
  return { ...scores, terms: scores.terms.map((term) => ({ ...term, width: term.width + 1 })) };
}

/** Aborts from the n-th time that it is asked. */
function afterChecks(checks: number): Cancellation {
  let asked = 0;
  return {
    get aborted(): boolean {
      asked++;
      return asked >= checks;
    },
  };
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof MixtentionError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

/** Tensors alive; 0 for a backend without tfjs. */
function tensors({ tf }: Backend): number {
  return tf === null ? 0 : (tf as { memory(): { numTensors: number } }).memory().numTensors;
}
