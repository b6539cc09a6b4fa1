import { expect, test } from 'vitest';
import { jobOptions } from './job-options.ts';

test('components and logit scale can be chosen, and are 100 and 1 where they are not', () => {
  expect(jobOptions([])).toEqual({ components: 100, logitScale: 1 });
  expect(jobOptions(['--components', '50', '--logit-scale', '0.1'])).toEqual({ components: 50, logitScale: 0.1 });
  expect(jobOptions(['--logit-scale=2.5'])).toEqual({ components: 100, logitScale: 2.5 });
});

test.each([
  [['--components', '0'], '--components is "0", a whole number from 1 was due'],
  [['--components', '2.5'], '--components is "2.5", a whole number from 1 was due'],
  [['--components='], '--components is "", a whole number from 1 was due'],
  [['--logit-scale', '0'], '--logit-scale is "0", a finite number above 0 was due'],
  [['--logit-scale=-1'], '--logit-scale is "-1", a finite number above 0 was due'],
  [['--logit-scale', 'NaN'], '--logit-scale is "NaN", a finite number above 0 was due'],
  [['--logit-scale', 'Infinity'], '--logit-scale is "Infinity", a finite number above 0 was due'],
  [['--quick'], "Unknown option '--quick'; --components and --logit-scale are what it takes"],
  [['50'], "Unexpected argument '50'"],
  [['--components'], '--components and --logit-scale are what it takes'],
])('%j is refused in one sentence', (args, message) => {
  expect(() => jobOptions(args)).toThrow(`[bench] main-job: `);
  expect(() => jobOptions(args)).toThrow(message);
});
