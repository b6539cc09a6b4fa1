import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findExamples } from './find-examples.ts';
import { runExample } from './run-example.ts';

/** By the title of the example: those that cannot run here, and why. */
const skips = [
  { title: 'download in packages/files/src/download.ts', reason: 'it needs the network' },
  ...[
    'serveWorker in packages/core/src/web-workers/serve-worker.ts',
    'webWorkers in packages/core/src/web-workers/web-workers.ts',
  ].map((title) => ({
    title,
    reason: 'it needs a page, and packages/bench/src/browser/workers.test.ts makes the same calls',
  })),
  {
    title: 'testBackend in packages/conformance/src/backend.ts',
    reason: 'it takes long, and packages/conformance/src/named/backend-plain.test.ts makes the same call',
  },
  {
    title: 'testAlgorithms in packages/conformance/src/algorithm.ts',
    reason:
      'it tests what lies beside the file that it is written in; packages/em/src/conformance.test.ts makes the same call',
  },
];

const examples = findExamples();
const home = process.cwd();
let folder: string;

beforeAll(async () => {
  // Examples write files, and print.
  folder = await mkdtemp(join(tmpdir(), 'mixtention-examples-'));
  process.chdir(folder);
  vi.spyOn(process.stdout, 'write').mockImplementation((_, ...rest: unknown[]) => {
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});

test('there are examples in docstrings of every package and in READMEs', () => {
  for (const name of ['core', 'mixture', 'em', 'svi', 'attention'])
    expect(examples.filter(({ file }) => file.startsWith(`packages/${name}/src/`)).length).toBeGreaterThan(4);
  expect(examples.filter(({ file }) => file.endsWith('README.md')).length).toBeGreaterThan(20);
});

test('what is left out is there', () => {
  const titles = examples.map(({ title }) => title);
  for (const { title } of skips) expect(titles).toContain(title);
});

for (const example of examples) {
  const skip = skips.find(({ title }) => title === example.title);
  if (skip !== undefined) test.skip(`${example.title}: ${skip.reason}`);
  // Suites declare tests, so they run where tests are declared.
  else if (/\b(?:test[A-Z]\w+|declareRows)\(/.test(example.code))
    describe(example.title, () =>
      runExample(example).catch((error) =>
        test('the example runs', () => {
          throw error;
        }),
      ),
    );
  else test(`the example runs and says what is so: ${example.title}`, () => runExample(example));
}
