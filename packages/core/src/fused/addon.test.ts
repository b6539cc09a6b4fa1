import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { plain } from '../backends/plain.ts';
import type { Backend, Precision, RowBlock, Scores, Statistics, Term } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { generator, key } from '../numeric/index.ts';
import { availableAddon } from '../testing/available-addon.ts';
import { addonBackend } from './addon.ts';
import { type InstructionSet, instructionSets } from './addon-machine.ts';

const addon = availableAddon();
const sets = instructionSets.filter((name) => addon?.sets[name] !== undefined);

const random = generator(key(11));
const draw = (count: number, scale: number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(scale * random.normal()));

function blockOf(rows: number, cols: number): RowBlock {
  return { data: draw(rows * cols, 1), rows, cols, stride: cols };
}

function termOf(form: Term['form'], squares: Statistics['squares'], K: number, width: number, factors: number): Term {
  const stand = { statistics: identity[squares], columns: null, width };
  if (form === 'linear') return { ...stand, form, natural: draw(K * width, 2 / Math.sqrt(width)) };
  const factored = { ...stand, factor: draw(factors * width * width, 1 / width), offset: draw(K * width, 0.5) };
  if (form === 'whitened') return { ...factored, form };
  return { ...factored, form, scale: new Float64Array(K).fill(1.5), degrees: new Float64Array(K).fill(4) };
}

function scoresOf(K: number, term: Term): Scores {
  return { components: K, bias: draw(K, 1), terms: [term] };
}

/** Tiles of registers of every size, rows of every remainder, panels of two vectors, one and half of one */
const shapes = [
  [1_003, 1, 1],
  [517, 5, 3],
  [771, 33, 17],
  [333, 24, 12],
  [201, 300, 40],
  [2_100, 12, 70],
] as const;

function takenBy({ precision }: Backend, block: RowBlock): RowBlock {
  return precision === 'float32' ? { ...block, data: Float32Array.from(block.data) } : block;
}

function expectNear(
  came: Float64Array | readonly number[],
  due: Float64Array | readonly number[],
  slack: number,
): void {
  const size = Math.sqrt(Array.from(due).reduce((sum, x) => sum + x * x, 0));
  const error = Math.sqrt(Array.from(due).reduce((sum, x, i) => sum + (came[i]! - x) ** 2, 0));
  expect(error).toBeLessThanOrEqual(slack * size);
}

const slackOf = (precision: Precision): number => (precision === 'float32' ? 2e-6 : 1e-13);

function eachBackend(test: (backend: Backend, slack: number, set: InstructionSet) => void): void {
  for (const instructions of sets)
    for (const precision of ['float32', 'float64'] as const)
      test(addonBackend(addon!, { precision, instructions }), slackOf(precision), instructions);
}

describe.skipIf(addon === null)('the native kernel, by every set of instructions that this processor has', () => {
  it('writes what plain writes: linear terms, full and shared factors', () => {
    for (const [rows, width, K] of shapes) {
      const block = blockOf(rows, width);
      const each = scoresOf(K, termOf('whitened', 'each', K, Math.min(width, 33), K));
      const pooled = scoresOf(K, termOf('whitened', 'pooled', K, Math.min(width, 33), 1));
      const narrow = { ...block, cols: Math.min(width, 33) };
      for (const [own, scores] of [
        [block, scoresOf(K, termOf('linear', 'none', K, width, K))],
        [narrow, each],
        [narrow, pooled],
      ] as const) {
        const rowWeights = Float64Array.from({ length: rows }, (_, n) => (n % 5) / 2);
        const due = plain.write([plain.take(own)], scores, { rowWeights, entropy: true });
        eachBackend((backend, slack) => {
          const options = { rowWeights, entropy: true };
          const came = backend.write([backend.take(takenBy(backend, own))], scores, options);
          expectNear(came.counts, due.counts, slack);
          expectNear(came.sums[0]!, due.sums[0]!, slack);
          const totals = ({ logEvidence, logMaxResponsibility, entropy, weight }: typeof due): number[] => [
            logEvidence,
            logMaxResponsibility,
            entropy!,
            weight,
          ];
          expectNear(totals(came), totals(due), slack);
        });
      }
    }
  });

  it('reads what plain reads: Student-t scores, labels, means', () => {
    for (const [rows, width, K] of shapes) {
      const block = blockOf(rows, Math.min(width, 12));
      const scores = scoresOf(K, termOf('student', 'none', K, block.cols, K));
      const cols = K % 2 === 0 ? 19 : 3;
      const values = { data: draw(K * cols, 1), rows: K, cols };
      const due = plain.read([plain.take(block)], scores, values, { labels: true });
      eachBackend((backend, slack) => {
        const came = backend.read([backend.take(takenBy(backend, block))], scores, values, { labels: true });
        expectNear(came.output.data as Float64Array, due.output.data as Float64Array, 2 * slack);
        expectNear(came.logEvidence, due.logEvidence, slack);
        // Float32 decides otherwise where two scores are as near as its rounding.
        if (backend.precision === 'float64') expect(came.labels).toEqual(due.labels);
      });
    }
  });

  it('gives rows at the very end of their memory the same bits as rows with room behind them', () => {
    const [rows, width, K] = [997, 7, 9];
    const block = blockOf(rows, width);
    const scores = scoresOf(K, termOf('whitened', 'each', K, width, K));
    eachBackend((backend) => {
      const { data } = takenBy(backend, block);
      const roomy = new (data.constructor as Float64ArrayConstructor)(data.length + 1_000);
      roomy.set(data);
      const [atEnd, inRoom] = [data, roomy].map((own) =>
        backend.write([backend.take({ ...block, data: own })], scores),
      );
      expect(atEnd).toStrictEqual(inRoom);
    });
  });

  it('refuses instructions that the processor lacks, in a sentence, before any of them runs', () => {
    const lacking = { ...addon!, sets: { portable: 16 } };
    expect(() => addonBackend(lacking, { instructions: 'avx512' })).toThrow(
      'this processor does not have the instructions avx512; it has portable',
    );
    expect(addonBackend(lacking).precision).toBe('float32');
    expect(() => addon!.open('sse9' as InstructionSet, false, new Float64Array(16))).toThrow(/no such set/);
  });

  it('takes the set that the environment names, and refuses an unknown one', () => {
    const before = process.env.MIXTENTION_INSTRUCTIONS;
    try {
      process.env.MIXTENTION_INSTRUCTIONS = 'avx1024';
      expect(() => addonBackend(addon!)).toThrow(/MIXTENTION_INSTRUCTIONS/);
      for (const set of sets) {
        process.env.MIXTENTION_INSTRUCTIONS = set;
        expect(addonBackend(addon!).kernel).toBe(set);
      }
    } finally {
      if (before === undefined) delete process.env.MIXTENTION_INSTRUCTIONS;
      else process.env.MIXTENTION_INSTRUCTIONS = before;
    }
  });

  it('may be loaded by worker threads alone, which come and go', () => {
    const path = createRequire(import.meta.url).resolve(addonFile());
    const worker = `const addon = require(${JSON.stringify(path)});
      const values = new Float64Array(16);
      for (const set of Object.keys(addon.sets)) for (const isDouble of [false, true]) addon.open(set, isDouble, values);`;
    const program = `const { Worker } = require('node:worker_threads');
      const one = () => new Promise((done) => new Worker(${JSON.stringify(worker)}, { eval: true }).on('exit', done));
      (async () => { for (let i = 0; i < 8; i++) await Promise.all([one(), one()]); console.log('all ended'); })();`;
    expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe('all ended\n');
  });
});

function addonFile(): string {
  const name = `@mixtention/native-${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  for (const own of [name, `${name}-gnu`, `${name}-musl`])
    try {
      return require.resolve(own);
    } catch {}
  throw new Error(`${name} is not installed`);
}
