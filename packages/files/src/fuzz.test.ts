import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import csvFixture from './csv.fixture.json' with { type: 'json' };
import { DataError } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';
import { gunzip } from './gunzip.ts';
import idxFixture from './idx.fixture.json' with { type: 'json' };
import npyFixture from './npy.fixture.json' with { type: 'json' };
import { parseAmat } from './parse-amat.ts';
import { parseCsv } from './parse-csv.ts';
import { parseIdx } from './parse-idx.ts';
import { parseNpy } from './parse-npy.ts';
import { expectSelfConsistent, fromBase64, utf8 } from './testing.ts';
import { mutant } from './testing-mutants.ts';

const MUTANTS = 10_000;

type Format = {
  readonly seeds: readonly Uint8Array[];
  readonly parse: (bytes: Uint8Array) => FileMatrix | Promise<FileMatrix>;
};

const CSV = [
  'x,y\n1,2\n3,4\n',
  '1.5,-2e3,"3"\r\n4,5,6\r\n',
  'a,b;c\n-1,+2\n',
  '\ufeff"p ""q""",r\n 1 , 2 \n',
  '7\n8\n9',
  '1,2,3,4\n'.repeat(20),
];
const AMAT = ['0 1 1\n1 0 0\n', '0 1 \r\n1 1 \r\n', '1\n0\n1', `${'0 1 '.repeat(20)}\n`.repeat(10)];

const FORMATS: Readonly<Record<string, Format>> = {
  npy: { seeds: npyFixture.map(({ file }) => fromBase64(file)), parse: (bytes) => parseNpy(bytes, 'x.npy') },
  idx: { seeds: idxFixture.map(({ file }) => fromBase64(file)), parse: (bytes) => parseIdx(bytes, 'x.idx') },
  csv: { seeds: CSV.map(utf8), parse: (bytes) => parseCsv(bytes, 'x.csv') },
  blanks: {
    seeds: [fromBase64(csvFixture.savetxt.file), utf8('x y\n1 2\n 3  4 \n')],
    parse: (bytes) => parseCsv(bytes, 'x.txt', { delimiter: ' ' }),
  },
  amat: { seeds: AMAT.map(utf8), parse: (bytes) => parseAmat(bytes, 'x.amat') },
  gzip: {
    seeds: AMAT.map((text) => new Uint8Array(gzipSync(text))),
    parse: async (bytes) => parseAmat(await gunzip(bytes, 'x.amat.gz', 2 ** 20), 'x.amat.gz'),
  },
};

describe.each(Object.entries(FORMATS))('the %s reader', (_, { seeds, parse }) => {
  it('reads every file that the mutants are made from', async () => {
    for (const seed of seeds) expectSelfConsistent(await parse(seed));
  });

  it(`gives a typed error or a self-consistent matrix for ${MUTANTS} mutants, and both occur`, async () => {
    let refused = 0;
    for (let index = 0; index < MUTANTS; index++) {
      const bytes = mutant(seeds, index);
      const before = bytes.slice();
      try {
        expectSelfConsistent(await parse(bytes));
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`mutant ${index}: ${String(error)}`, { cause: error });
        if (!/^x\.[a-z.]+: [^\n]+$/.test(error.message)) throw new Error(`mutant ${index}: "${error.message}"`);
        refused++;
      }
      if (Buffer.compare(bytes, before) !== 0) throw new Error(`mutant ${index} was written to`);
    }
    expect(refused).toBeGreaterThan(MUTANTS / 10);
    expect(refused).toBeLessThan(MUTANTS);
  });
});
