import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, root, runCommand } from '../bootstrap.mjs';
import { foreground } from '../foreground.mjs';
import { summarizeTap, summarizeVitest } from '../test-summary.mjs';
import { turboRun } from '../turbo.mjs';

/**
 * `npm test`: set-up, then the tests of plain Node (the scripts, the native package, the generators) and of every other package, and `N passed, N failed` as the last line.
 *
 * After `--`: `--filter=PACKAGE` and `--force` as turbo means them, `--summary=FILE` writes the two numbers there too; all else goes
 * to vitest (`npm test -- conformance`), and the tests of plain Node are then left out.
 */
export const main = (args) =>
  runCommand(async () => {
    const { env } = await bootstrap();
    const { forTurbo, forVitest, summary } = sort(args);
    const isWhole = forTurbo.length + forVitest.length === 0;
    let begin;
    const begun = new Promise((resolve) => {
      begin = resolve;
    });
    const [packages, plain] = await Promise.all([
      testPackages(forTurbo, forVitest, env, begin).finally(begin),
      begun.then(() => (isWhole ? testPlainNode() : { passed: 0, failed: 0, code: 0, report: '' })),
    ]);
    process.stdout.write(plain.report);
    const passed = plain.passed + packages.passed;
    const failed = plain.failed + packages.failed;
    const code = plain.code || packages.code || (failed > 0 ? 1 : 0);
    if (summary !== undefined) await writeFile(summary, `${passed} ${failed}\n`);
    console.log(`${passed} passed, ${failed} failed`);
    return code;
  });

function sort(args) {
  const isTurbo = (arg) => arg === '--force' || arg.startsWith('--filter=');
  const isSummary = (arg) => arg.startsWith('--summary=');
  return {
    forTurbo: args.filter(isTurbo),
    forVitest: args.filter((arg) => !isTurbo(arg) && !isSummary(arg)),
    summary: args.find(isSummary)?.slice('--summary='.length),
  };
}

/**
 * Two packages at a time, since one alone begins and ends on one core: `onBegin` is called when the first test runs. What is built is in place then; turbo
 * writes it again before that.
 */
async function testPackages(forTurbo, forVitest, env, onBegin) {
  let output = '';
  const more = forVitest.length > 0 ? ['--', ...forVitest] : [];
  const task = ['test', '--concurrency=2', '--continue=always', '--log-order=stream', ...forTurbo, ...more];
  const onText = (text) => {
    output += text;
    if (text.includes(':test: ')) onBegin();
  };
  const code = await foreground(...turboRun(root, task), { cwd: root, env: colours(env), onText });
  const { passed, failed } = summarizeVitest(output);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, code };
}

/** Beside the packages, and the generators beside all else, since `node --test` makes one file after the other of it where there are two cores. What they say comes last. */
async function testPlainNode() {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-test-'));
  try {
    const others = [...(await testFiles('scripts')), ...(await testFiles('packages', 'native', 'src'))];
    const outcomes = await Promise.all([
      testFilesOfNode(others, join(folder, 'others')),
      testFilesOfNode(await testFiles('turbo', 'generators'), join(folder, 'generators')),
    ]);
    return {
      passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
      failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
      code: outcomes.find(({ code }) => code !== 0)?.code ?? 0,
      report: outcomes.map(({ report }) => report).join(''),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function testFilesOfNode(files, path) {
  const reporters = ['spec', 'tap'].flatMap((name) => [
    `--test-reporter=${name}`,
    `--test-reporter-destination=${path}.${name}`,
  ]);
  const code = await foreground(process.execPath, ['--test', ...reporters, ...files], { cwd: root });
  const [report, tap] = await Promise.all(
    ['spec', 'tap'].map((name) => readFile(`${path}.${name}`, 'utf8').catch(() => '')),
  );
  const { passed, failed } = summarizeTap(tap);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, code, report };
}

/** Named one by one: `node --test` takes patterns only from Node 21 on. */
async function testFiles(...path) {
  const folder = join(...path);
  const names = await readdir(join(root, folder));
  return names.filter((name) => name.endsWith('.test.mjs')).map((name) => join(folder, name));
}

/** Our stdout is read on its way, so programs would think that there is no terminal. */
function colours(env) {
  return process.stdout.isTTY && !('NO_COLOR' in env) ? { FORCE_COLOR: '1', ...env } : env;
}
