import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';

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
  // What no generator changes is built already.
  await cp(join(root, 'packages/core/dist'), join(copy, 'packages/core/dist'), { recursive: true });
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

/** A program of the installed packages. */
const tool = (folder, name, ...args) => run(join(copy, 'node_modules', '.bin', name), args, folder);

/** How many tests pass of files of packages, by the end of the names of the files, in one run for all; none may fail. */
async function passed(pattern, ...files) {
  const report = join(copy, 'report.json');
  const own = "{ ...base.test, include: ['packages/*/src/**/*.test.ts'], isolate: false, maxWorkers: 1 }";
  const config = `import base from './vitest.base.ts';\nexport default { ...base, test: ${own} };\n`;
  await writeFile(join(copy, 'vitest.copy.ts'), config);
  const output = ['--reporter=json', `--outputFile=${report}`];
  const words = ['run', '--config', 'vitest.copy.ts', ...output, '-t', pattern, ...files];
  const said = await tool('.', 'vitest', ...words).catch(({ message }) => message);
  const { success, testResults } = JSON.parse(await readFile(report, 'utf8'));
  const results = testResults.flatMap((file) => [file, ...file.assertionResults]);
  const failed = results.filter(({ status }) => status === 'failed');
  assert.ok(success, `${said}\n${JSON.stringify(failed, null, 1)}`);
  for (const path of [report, join(copy, 'vitest.copy.ts')]) await rm(path);
  return files.map((file) =>
    testResults
      .filter(({ name }) => name.includes(file))
      .flatMap(({ assertionResults }) => assertionResults)
      .reduce((count, { status }) => count + (status === 'passed' ? 1 : 0), 0),
  );
}

/** What a generator says, also when it refuses: the program that `turbo gen` starts. */
const generate = async (generator, ...args) => {
  const program = join('node_modules', '@turbo', 'gen', 'dist', 'cli.js');
  const generated = execute(process.execPath, [program, 'run', generator, '--args', ...args], { cwd: copy, env });
  const { stdout, stderr } = await generated.catch((error) => error);
  return stdout + stderr;
};

const capital = (_, letter) => letter.toUpperCase();
/** What the templates make of a name. */
const FORMS = {
  asIs: (name) => name,
  camelCase: (name) => name.replaceAll(/-(\w)/g, capital),
  pascalCase: (name) => name.replaceAll(/(?:^|-)(\w)/g, capital),
};

/** The generators by name, without the program around them; names are filled into templates here. */
async function loadGenerators() {
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    rewriteRelativeImportExtensions: true,
  };
  const built = join(copy, 'turbo', 'built');
  await mkdir(built, { recursive: true });
  for (const name of ['add-to-table', 'check-name', 'config']) {
    const source = await readFile(join(copy, 'turbo', 'generators', `${name}.ts`), 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions });
    await writeFile(join(built, `${name}.js`), outputText);
  }
  const { default: configure } = await import(pathToFileURL(join(built, 'config.js')).href);
  const generators = {};
  configure({
    setGenerator: (name, generator) => Object.assign(generators, { [name]: generator }),
    renderString: (template, data) =>
      template.replaceAll(/\{\{ (?:(\w+) )?(\w+) \}\}/g, (_, form = 'asIs', name) => FORMS[form](data[name])),
  });
  return generators;
}

/** What a generator says of a name that it does not take. */
function refusal(generators, [generator, ...args]) {
  const [name, home] = args.reverse();
  try {
    generators[generator].actions({ name, package: home, turbo: { paths: { root: copy } } });
  } catch ({ message }) {
    return message;
  }
  return assert.fail(`${generator} takes ${name}`);
}

const statusOfPackages = () => run('git', ['status', '--porcelain', '-uall', '--', 'packages']);

describe('turbo gen', () => {
  test('writes a family and an algorithm, and what it changes elsewhere is a line each', async () => {
    await run('git', ['add', '-A']);
    await tool('.', 'turbo', 'gen', 'family', '--args', 'artificial');
    await generate('algorithm', 'em', 'artificial-em');
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
        'params.ts',
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

  test('the family meets the suite of families and its own tests; every algorithm its suite on the family, and the algorithm on every family, over threads too', async () => {
    for (const name of ['mixture', 'em']) await tool(join('packages', name), 'tsup', '--silent');
    const [families, family, algorithms, algorithm] = await passed(
      'artificial|name the same',
      'mixture/src/families/conformance.test.ts',
      'mixture/src/families/artificial/',
      'em/src/conformance.test.ts',
      'em/src/artificial-em/',
    );
    assert.ok(families > 20 && family > 5, `${families} and ${family} tests of the family`);
    assert.ok(algorithms > 100 && algorithm > 0, `${algorithms} and ${algorithm} tests of algorithms`);
  });

  test('all of it passes type checks and lint as it is', async () => {
    const changed = await run('git', ['ls-files', '--others', '--modified', '--exclude-standard', '--', 'packages']);
    const files = changed.split('\n').filter((path) => path.endsWith('.ts'));
    assert.equal(files.length, 13 + 5, files.join());
    await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ extends: './tsconfig.base.json', files }));
    const { stdout } = await execute(join(copy, 'node_modules', '.bin', 'tsc'), ['-p', '.'], {
      cwd: copy,
      env,
      maxBuffer: 1e8,
    }).catch((error) => error);
    // What ails other files is for their own checks to say.
    const ours = stdout.split('\n').filter((line) => files.some((file) => line.startsWith(file)));
    assert.deepEqual(ours, []);
    await rm(join(copy, 'tsconfig.json'));
    await tool('.', 'biome', 'check', '--error-on-warnings', ...files);
  });

  test('refuses in one sentence, and changes nothing, the names that its generators refuse', async () => {
    const before = await statusOfPackages();
    const args = ['algorithm', 'em', 'fit-hard'];
    const said = await generate(...args);
    const lines = said.split('\n').filter((line) => /[a-z]/.test(line) && !line.includes('using custom generators'));
    assert.equal(lines.length, 1, said);
    assert.ok(lines[0].includes(refusal(await loadGenerators(), args)), said);
    assert.equal(await statusOfPackages(), before);
  });
});

// Asked for their list of actions, as the program asks them before it does anything.
describe('the generators refuse in one sentence, and change nothing, for', () => {
  let generators;
  let untouched = '';
  const status = () => run('git', ['status', '--porcelain', '-uall']);
  before(async () => {
    generators = await loadGenerators();
    untouched = await status();
  });
  after(async () => assert.equal(await status(), untouched));

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
    ['in a package without algorithms', ['algorithm', 'cli', 'toy'], 'the package is "cli"; em or svi was due'],
  ]) {
    test(`a name ${what}: ${args.at(-1)}`, () => {
      const said = refusal(generators, args);
      assert.ok(said.includes(sentence), said);
      assert.ok(!said.includes('\n'), said);
    });
  }
});
