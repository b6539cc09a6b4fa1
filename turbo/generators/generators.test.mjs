import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// What a contributor does first, done in a copy of the working tree: generate a family and an algorithm, touch nothing else, and run
// what would judge them. The copy is removed, whatever happens.

const execute = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const env = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  CI: 'true',
  NO_COLOR: '1',
  npm_config_offline: 'true',
};
let copy = '';

before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'mixtention-generators-'));
  const { stdout } = await execute('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 1e8,
  });
  for (const file of stdout.split('\0').filter(Boolean)) {
    // Listed but deleted in the working tree: gone in the copy too.
    await cp(join(root, file), join(copy, file)).catch((error) => assert.equal(error.code, 'ENOENT'));
  }
  await linkModules();
  await run('git', ['init', '-q']);
});

after(() => rm(copy, { recursive: true, force: true }));

/** Installed packages are linked one by one; those of this repository lead into the copy. */
async function linkModules() {
  const packages = await readdir(join(copy, 'packages'));
  for (const folder of ['.', ...packages.map((name) => join('packages', name))]) {
    const installed = join(root, folder, 'node_modules');
    const names = await readdir(installed).catch(() => []);
    await mkdir(join(copy, folder, 'node_modules'), { recursive: true });
    for (const name of names.filter((own) => own !== '@mixtention'))
      await symlink(join(installed, name), join(copy, folder, 'node_modules', name));
  }
  await mkdir(join(copy, 'node_modules/@mixtention'));
  for (const name of packages)
    await symlink(join(copy, 'packages', name), join(copy, 'node_modules/@mixtention', name));
}

async function run(command, args, folder = '.') {
  try {
    const { stdout, stderr } = await execute(command, args, { cwd: join(copy, folder), env, maxBuffer: 1e8 });
    return stdout + stderr;
  } catch ({ stdout, stderr, message }) {
    return assert.fail(`${message}\n${stdout}\n${stderr}`);
  }
}

const npx = (folder, ...args) => run('npx', args, folder);
const vitest = (name, ...args) =>
  npx(join('packages', name), 'vitest', 'run', '--config', '../../vitest.base.ts', '--root', '.', ...args);
/** What a generator says, also when it refuses: the program that `turbo gen` starts. */
const generate = async (generator, ...args) => {
  const program = join('node_modules', '@turbo', 'gen', 'dist', 'cli.js');
  const generated = execute(process.execPath, [program, 'run', generator, '--args', ...args], { cwd: copy, env });
  const { stdout, stderr } = await generated.catch((error) => error);
  return stdout + stderr;
};
const passed = (text) => Number(/Tests .*?(\d+) passed/.exec(text)?.[1] ?? 0);

describe('turbo gen', () => {
  test('writes a family and an algorithm, and what it changes elsewhere is a line each', async () => {
    await run('git', ['add', '-A']);
    await npx('.', 'turbo', 'gen', 'family', '--args', 'artificial');
    await npx('.', 'turbo', 'gen', 'algorithm', '--args', 'em', 'artificial-em');
    const changed = (await run('git', ['diff', '--stat', '--', 'packages']))
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => line.trim().split(' ')[0]);
    assert.deepEqual(changed, [
      'packages/em/src/algorithms.ts',
      'packages/em/src/index.ts',
      'packages/mixture/src/families/index.ts',
    ]);
    const written = (await run('git', ['ls-files', '--others', '--exclude-standard', '--', 'packages']))
      .trim()
      .split('\n');
    assert.deepEqual(written, [
      ...[
        'README.md',
        'artificial-em.bench.ts',
        'artificial-em.conformance.ts',
        'artificial-em.test.ts',
        'artificial-em.ts',
      ].map((file) => `packages/em/src/artificial-em/${file}`),
      ...[
        'README.md',
        'artificial-prior.ts',
        'artificial.bench.ts',
        'artificial.fixture.json',
        'artificial.test.ts',
        'artificial.ts',
        'fixture.py',
      ].map((file) => `packages/mixture/src/families/artificial/${file}`),
    ]);
  });

  test('entries of tables are in the order of their names, shortened where name and value are the same', async () => {
    await generate('algorithm', 'svi', 'artificial-vi');
    const keysIn = async (path) => {
      const text = await readFile(join(copy, path), 'utf8');
      const [, table] = /(?:AlgorithmTable|: ConjugateFamily \}) = \{([^}]*)\}/.exec(text);
      return table.split(',').flatMap((entry) => entry.trim().split(':')[0].replaceAll("'", '') || []);
    };
    for (const path of ['mixture/src/families/index.ts', 'em/src/algorithms.ts', 'svi/src/algorithms.ts']) {
      const keys = await keysIn(`packages/${path}`);
      assert.deepEqual(keys, [...keys].sort());
      assert.ok(keys.some((key) => key.includes('artificial')));
    }
    const families = await readFile(join(copy, 'packages/mixture/src/families/index.ts'), 'utf8');
    assert.match(families, /^ {2}artificial,\n {2}bernoulli,$/m);
  });

  test('the family meets the suite of families and its own tests', async () => {
    assert.ok(passed(await vitest('mixture', 'src/families/conformance.test.ts', '-t', 'family artificial')) > 20);
    assert.ok(passed(await vitest('mixture', 'src/families/artificial')) > 5);
  });

  test('every algorithm meets its suite on the family, and the algorithm on every family, over threads too', async () => {
    for (const name of ['core', 'mixture', 'em']) await npx(join('packages', name), 'tsup', '--silent');
    assert.ok(passed(await vitest('em', 'src/conformance.test.ts', '-t', 'artificial|name the same')) > 100);
    assert.ok(passed(await vitest('em', 'src/artificial-em')) > 0);
  });

  test('both pass type checks and lint as they are', async () => {
    // What ails other files is for their own checks to say.
    const ours = /artificial|families\/index\.ts|em\/src\/(index|algorithms)\.ts/;
    for (const name of ['mixture', 'em']) {
      const tsc = execute('npx', ['tsc', '-p', join('packages', name)], { cwd: copy, env, maxBuffer: 1e8 });
      const { stdout } = await tsc.catch((error) => error);
      assert.deepEqual(
        stdout.split('\n').filter((line) => ours.test(line)),
        [],
      );
    }
    const lines = (await run('git', ['status', '--porcelain', '-uall', '--', 'packages'])).split('\n');
    const files = lines.map((line) => line.slice(3)).filter((path) => ours.test(path) && path.endsWith('.ts'));
    assert.ok(files.length > 8);
    await npx('.', 'biome', 'check', '--error-on-warnings', ...files);
  });

  // Beside the generators lies for a moment what the program makes of their configuration.
  const statusOfPackages = () => run('git', ['status', '--porcelain', '-uall', '--', 'packages']);

  // Most of the time each of them waits.
  describe('refuses in one sentence, and changes nothing, for', { concurrency: 4 }, () => {
    for (const [what, args, sentence] of [
      ['of a folder of shared code', ['family', 'gaussian'], 'packages/mixture/src/families/gaussian is there already'],
      ['of an algorithm', ['algorithm', 'em', 'batch'], 'packages/em/src/batch is there already'],
      ['that git ignores', ['algorithm', 'em', 'dist'], 'git ignores packages/em/src/dist'],
      ['of a function of the package', ['algorithm', 'em', 'fit-hard'], '@mixtention/em exports fitHard already'],
      ['of a function of core', ['algorithm', 'svi', 'trigamma'], '@mixtention/core exports trigamma already'],
      ['of a type of the package', ['algorithm', 'svi', 'optimizer'], '@mixtention/svi exports OptimizerState already'],
      ['that is a keyword', ['family', 'new'], 'JavaScript or TypeScript has its own use for new'],
      ['that every object has', ['family', 'to-string'], 'JavaScript or TypeScript has its own use for toString'],
      ['of a variable in the templates', ['algorithm', 'em', 'executor'], 'the templates use executor'],
      ['that is no kebab-case', ['family', 'Toy'], 'kebab-case was due'],
    ]) {
      test(`a name ${what}: ${args.at(-1)}`, async () => {
        const before = await statusOfPackages();
        const said = await generate(...args);
        const lines = said
          .split('\n')
          .filter((line) => /[a-z]/.test(line) && !line.includes('using custom generators'));
        assert.equal(lines.length, 1, said);
        assert.ok(lines[0].includes(sentence), said);
        assert.equal(await statusOfPackages(), before);
      });
    }
  });

  test('a package that has no algorithms is refused, and nothing is changed', async () => {
    const before = await statusOfPackages();
    await generate('algorithm', 'cli', 'toy');
    assert.equal(await statusOfPackages(), before);
  });
});
