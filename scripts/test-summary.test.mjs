import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarizeTap, summarizeVitest } from './test-summary.mjs';

test('the closing lines of several packages add up, with turbo prefixes and colours', () => {
  const output = [
    '@mixtention/em:test:  Test Files  4 passed (4)',
    '@mixtention/em:test:       Tests  31 passed (31)',
    ' \x1b[2m Test Files \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m\x1b[2m | \x1b[22m\x1b[1m\x1b[32m2 passed\x1b[39m\x1b[22m\x1b[90m (3)\x1b[39m',
    ' \x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m2 failed\x1b[39m\x1b[22m\x1b[2m | \x1b[22m\x1b[1m\x1b[32m7 passed\x1b[39m\x1b[22m\x1b[90m (9)\x1b[39m',
  ].join('\n');
  assert.deepEqual(summarizeVitest(output), { passed: 38, failed: 2 });
});

test('the closing lines of two packages may come by turns', () => {
  const output = [
    'a:test:  Test Files  1 failed | 1 passed (2)',
    'b:test:  Test Files  1 passed (1)',
    'a:test:       Tests  3 passed (3)',
    'b:test:       Tests  2 passed (2)',
  ].join('\n');
  assert.deepEqual(summarizeVitest(output), { passed: 5, failed: 1 });
});

test('a test file that does not load counts as a failure', () => {
  const output = ' Test Files  1 failed | 1 passed (2)\n      Tests  3 passed (3)\n';
  assert.deepEqual(summarizeVitest(output), { passed: 3, failed: 1 });
  assert.deepEqual(summarizeVitest(' Test Files  2 failed (2)\n      Tests  no tests\n'), { passed: 0, failed: 2 });
});

test('an error outside any test, and an output that stops before its closing lines, count as failures', () => {
  const error = ' Test Files  1 passed (1)\n      Tests  3 passed (3)\n     Errors  1 error\n';
  assert.deepEqual(summarizeVitest(error), { passed: 3, failed: 1 });
  assert.deepEqual(summarizeVitest('> vitest run\n'), { passed: 0, failed: 1 });
});

test('the word Tests inside a test title is not a closing line', () => {
  assert.deepEqual(summarizeVitest(' ✓ Tests 9 passed\n      Tests  1 passed (1)\n'), { passed: 1, failed: 0 });
});

test('the closing lines of node --test are read, and their absence is a failure', () => {
  assert.deepEqual(summarizeTap('# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n'), { passed: 3, failed: 2 });
  assert.deepEqual(summarizeTap('# tests 5\n'), { passed: 0, failed: 1 });
});
