// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of colours are what is removed
const COLOUR = /\x1b\[[0-9;]*m/g;

/**
 * Passed and failed tests in the output of several vitest runs, as vitest's own closing lines count them.
 *
 * A test file that does not even load, an error outside any test and an output without closing lines count as one failure each,
 * so that nothing that went wrong can add up to zero.
 *
 * @param {string} output
 * @returns {{ passed: number, failed: number }}
 */
export function summarizeVitest(output) {
  const lines = output.replace(COLOUR, '').split(/\r?\n/);
  const total = { passed: 0, failed: 0 };
  const filesFailed = new Map(); // by package, since their lines may come by turns
  let runs = 0;
  for (const line of lines) {
    const [, from, title, rest] = /^(\S+: )?\s*(Test Files|Tests|Errors) {2,}(.*)$/.exec(line) ?? [];
    if (title === 'Test Files') filesFailed.set(from, count(rest, 'failed'));
    if (title === 'Errors') total.failed += 1;
    if (title !== 'Tests') continue;
    runs += 1;
    const failed = count(rest, 'failed');
    total.passed += count(rest, 'passed');
    total.failed += failed === 0 ? (filesFailed.get(from) ?? 0) : failed;
  }
  if (runs === 0) total.failed += 1;
  return total;
}

/**
 * The same for the closing lines of `node --test` in TAP.
 *
 * @param {string} output
 * @returns {{ passed: number, failed: number }}
 */
export function summarizeTap(output) {
  const of = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN);
  const [passed, failed, cancelled] = ['pass', 'fail', 'cancelled'].map(of);
  return Number.isNaN(passed + failed + cancelled) ? { passed: 0, failed: 1 } : { passed, failed: failed + cancelled };
}

const count = (text, word) => Number(new RegExp(`(\\d+) ${word}\\b`).exec(text)?.[1] ?? 0);
