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
    const plain = forTurbo.length + forVitest.length > 0 ? { passed: 0, failed: 0, code: 0 } : await testPlainNode();
    const packages = await testPackages(forTurbo, forVitest, env);
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

async function testPackages(forTurbo, forVitest, env) {
  let output = '';
  const more = forVitest.length > 0 ? ['--', ...forVitest] : [];
  const task = ['test', '--concurrency=1', '--continue=always', '--log-order=stream', ...forTurbo, ...more];
  const onText = (text) => {
    output += text;
  };
  const code = await foreground(...turboRun(root, task), { cwd: root, env: colours(env), onText });
  const { passed, failed } = summarizeVitest(output);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, code };
}

/** The generators beside all else: they take longest, and one after the other is what `node --test` makes of files where there are two cores. */
async function testPlainNode() {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-test-'));
  try {
    const others = [...(await testFiles('scripts')), ...(await testFiles('packages', 'native', 'src'))];
    const report = join(folder, 'generators.txt');
    const [own, generators] = await Promise.all([
      testFilesOfNode(others, 'stdout', join(folder, 'others.tap')),
      testFilesOfNode(await testFiles('turbo', 'generators'), report, join(folder, 'generators.tap')),
    ]);
    process.stdout.write(await readFile(report, 'utf8').catch(() => ''));
    return {
      passed: own.passed + generators.passed,
      failed: own.failed + generators.failed,
      code: own.code || generators.code,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function testFilesOfNode(files, report, tap) {
  const reporters = ['spec', report, 'tap', tap].map(
    (value, i) => `--test-reporter${i % 2 ? '-destination' : ''}=${value}`,
  );
  const code = await foreground(process.execPath, ['--test', ...reporters, ...files], { cwd: root });
  const { passed, failed } = summarizeTap(await readFile(tap, 'utf8').catch(() => ''));
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, code };
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
