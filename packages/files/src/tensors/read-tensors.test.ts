import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataErrorCode } from '../data-error.ts';
import { doubles, faultOf, fromBase64 } from '../testing.ts';
import { parseTensors, readTensors } from './read-tensors.ts';
import fixture from './tensors.fixture.json' with { type: 'json' };
import { safetensors } from './testing-safetensors.ts';

const cases = fixture as unknown as readonly {
  readonly name: string;
  readonly file: string;
  readonly tensors: { readonly [name: string]: { readonly shape: readonly number[]; readonly values: string } };
}[];

describe('tensors are what NumPy and safetensors read of their own files', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { file, tensors }) => {
    const read = parseTensors(Buffer.from(fromBase64(file)), 'x');
    expect([...read.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { shape, values }] of Object.entries(tensors)) {
      const tensor = read.read(name);
      expect(tensor.shape).toEqual(shape);
      expect(read.tensors.get(name)!.shape).toEqual(shape);
      expect(Float64Array.from(tensor.data)).toEqual(doubles(values));
    }
  });
});

it('what is written as safetensors is read back, whatever its names, shapes and values', () => {
  const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.record({
      shape: fc.constant(shape),
      data: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size }),
    });
  });
  const names = fc
    .string({ minLength: 1 })
    .filter((name) => !['__metadata__', '__proto__', 'constructor', 'prototype'].includes(name));
  const file = fc.dictionary(names, tensor, { maxKeys: 5 });
  fc.assert(
    fc.property(file, (tensors) => {
      const header: [string, object][] = [];
      let at = 0;
      for (const [name, { shape, data }] of Object.entries(tensors)) {
        header.push([name, { dtype: 'F32', shape, data_offsets: [at, at + 4 * data.length] }]);
        at += 4 * data.length;
      }
      const body = Object.values(tensors).flatMap(({ data }) => [...new Uint8Array(Float32Array.from(data).buffer)]);
      const read = parseTensors(safetensors(Object.fromEntries(header), body), 'x');
      for (const [name, { shape, data }] of Object.entries(tensors))
        expect(read.read(name)).toEqual({ shape, data: Float32Array.from(data) });
      expect(read.tensors.size).toBe(Object.keys(tensors).length);
    }),
    { numRuns: 300 },
  );
});

const f32 = (shape: readonly number[], begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});
const zeros = (n: number): number[] => new Array<number>(n).fill(0);

const BAD: readonly (readonly [what: string, file: Buffer, code: DataErrorCode, sentence: string])[] = [
  ['a header longer than the file', safetensors('{', [], 100n), 'TRUNCATED', 'its header alone takes 108 bytes'],
  [
    'a header of 10 TB',
    safetensors('{}', [], 10n ** 13n),
    'TOO_LARGE',
    'declares a header of 10,000,000,000,000 bytes',
  ],
  [
    'a header of 2⁶⁴ − 1 bytes',
    Buffer.concat([Buffer.alloc(6, 255), Buffer.from([0, 0]), Buffer.from('{}')]),
    'TOO_LARGE',
    'at most 10,000,000 bytes are read',
  ],
  ['a header that is no JSON', safetensors('{"a"'), 'BAD_HEADER', 'has a safetensors header that is no JSON'],
  [
    'a header that is no UTF-8',
    Buffer.concat([safetensors('{"a"', [], 6n), Buffer.from([0xff, 0x7d])]),
    'BAD_HEADER',
    'is no UTF-8',
  ],
  [
    'offsets that are not what the shape takes',
    safetensors({ q: f32([2, 3], 0, 20) }, zeros(20)),
    'BAD_HEADER',
    'tensor "q" lies at data_offsets [0, 20], its shape [2, 3] in F32 takes 24 bytes',
  ],
  [
    'a tensor beyond the end',
    safetensors({ q: f32([2, 3], 0, 24) }, zeros(20)),
    'TRUNCATED',
    'tensor "q" ends at byte 89',
  ],
  [
    'tensors that overlap',
    safetensors({ q: f32([2], 0, 8), k: f32([2], 4, 12) }, zeros(12)),
    'BAD_HEADER',
    'tensor "k" overlaps the tensor before it',
  ],
  [
    'a hole between tensors',
    safetensors({ q: f32([2], 0, 8), k: f32([2], 12, 20) }, zeros(20)),
    'BAD_HEADER',
    'tensor "k" leaves 4 bytes before it unused',
  ],
  ['bytes behind the tensors', safetensors({ q: f32([2], 0, 8) }, zeros(12)), 'TRAILING', 'its tensors end at'],
  [
    'a shape that overflows',
    safetensors({ q: f32([2 ** 40, 2 ** 40], 0, 8) }, zeros(8)),
    'BAD_SHAPE',
    'tensor "q" has shape [1099511627776, 1099511627776], a product that overflows',
  ],
  [
    'a size below 0',
    safetensors({ q: f32([-1], 0, 8) }, zeros(8)),
    'BAD_HEADER',
    'tensor "q" does not have exactly dtype',
  ],
  [
    'nine dimensions',
    safetensors({ q: f32([1, 1, 1, 1, 1, 1, 1, 1, 2], 0, 8) }, zeros(8)),
    'BAD_SHAPE',
    'at most 8 are read',
  ],
  [
    'a type that is not read',
    safetensors({ q: { dtype: 'F8_E4M3', shape: [8], data_offsets: [0, 8] } }, zeros(8)),
    'UNSUPPORTED',
    'tensor "q" is of type "F8_E4M3", one of F64, F32',
  ],
  [
    'a name that pollutes',
    safetensors('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    'BAD_HEADER',
    'names a tensor "__proto__"',
  ],
  [
    'a name that stands twice',
    safetensors(
      '{"q":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"q":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}',
      zeros(4),
    ),
    'BAD_HEADER',
    'has a safetensors header that names "q" twice',
  ],
  [
    'a name that stands twice within a tensor, once as an escape',
    safetensors('{"q":{"dtype":"F32","d\\u0074ype":"I32","shape":[1],"data_offsets":[0,4]}}', zeros(4)),
    'BAD_HEADER',
    'has a safetensors header that names "dtype" twice',
  ],
  [
    'metadata that are no texts',
    safetensors({ __metadata__: { a: 1 } }),
    'BAD_HEADER',
    'has in __metadata__ a "a" that is no text',
  ],
  ['an archive cut short', Buffer.from('PK\u0003\u0004 and nothing'), 'TRUNCATED', 'ends before its table of contents'],
  ['JSON cut short', Buffer.from('{"q": [[1, 2]'), 'BAD_HEADER', 'is no JSON in UTF-8'],
  [
    'JSON that is ragged',
    Buffer.from('{"q": [[1, 2], [3]]}'),
    'RAGGED',
    'tensor "q" has at [1] a list of 1, 2 were due as in the first',
  ],
  [
    'JSON with a word',
    Buffer.from('{"q": [[1, "x"]]}'),
    'BAD_CELL',
    'tensor "q" has at [0][1] (counted from 0) "x", a finite number was due',
  ],
  [
    'JSON whose shape lies',
    Buffer.from('{"q": {"shape": [2, 2], "data": [1]}}'),
    'BAD_SHAPE',
    'tensor "q" holds 1 number, its shape [2, 2] needs 4',
  ],
  [
    'JSON nested without end',
    Buffer.from(`${'['.repeat(5000)}${']'.repeat(5000)}`),
    'BAD_SHAPE',
    'is nested deeper than 8 lists',
  ],
  [
    'JSON that holds a number',
    Buffer.from('{"q": 3}'),
    'BAD_HEADER',
    'tensor "q" is neither a nested list nor an object of shape and data',
  ],
  ['text', Buffer.from('1,2\n'), 'UNSUPPORTED', 'is of no known kind of tensors'],
  ['nothing', Buffer.alloc(0), 'EMPTY', 'is empty, tensors were due'],
];

describe('a hostile file is refused in one sentence', () => {
  it.each(BAD)('%s', async (_, file, code, sentence) => {
    const fault = await faultOf(() => parseTensors(file, 'x.safetensors'));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(sentence);
    expect(fault.message).toMatch(/^x\.safetensors: [^\n]+$/);
  });

  it('names a tensor that is not there, and those that are', async () => {
    const file = parseTensors(safetensors({ q: f32([1], 0, 4) }, zeros(4)), 'x');
    expect(await faultOf(() => file.read('k'))).toEqual({
      code: 'NO_TENSOR',
      message: 'x: has no tensor "k"; there are "q"',
    });
  });

  it('names the place of a value that is no number, and takes −∞ where it may hide', async () => {
    const bytes = [...new Uint8Array(Float32Array.of(1, Number.NEGATIVE_INFINITY, 2, 3).buffer)];
    const file = parseTensors(safetensors({ bias: f32([2, 2], 0, 16) }, bytes), 'x');
    expect((await faultOf(() => file.read('bias'))).message).toBe(
      'x: tensor "bias" of shape [2, 2] has -Infinity at [0, 1] (counted from 0), a finite number was due',
    );
    expect(file.read('bias', { hidden: true }).data[1]).toBe(Number.NEGATIVE_INFINITY);
  });
});

it('files are read from the disk, gzipped too, and a missing one is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-tensors-'));
  const path = join(folder, 'q.json.gz');
  await writeFile(path, gzipSync('{"q": [[1, 2]]}'));
  expect((await readTensors(path)).read('q')).toEqual({ shape: [1, 2], data: Float64Array.of(1, 2) });
  expect((await faultOf(() => readTensors(join(folder, 'none.npz')))).code).toBe('NOT_FOUND');
  await rm(folder, { recursive: true });
});
