import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compiledFiles } from './build-addon.mjs';
import { run } from './run.mjs';
import { setUpTfjsNode } from './set-up.mjs';
import { lackForMiniature, makeMiniature } from './testing/miniature.mjs';
import { findTfjsNode } from './tfjs-node.mjs';

const lack = await lackForMiniature();
const isRequired = process.env.MIXTENTION_NATIVE === 'required';
const options = { skip: lack !== undefined && !isRequired ? lack : false };
const folder = await mkdtemp(join(tmpdir(), 'mixtention-quiet-'));
after(() => rm(folder, { recursive: true, force: true }));

const KNOWN = [
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
  'I0000 00:00:17.4 9 port.cc:153] oneDNN custom operations are on. You may see differences.',
];
const OTHERS = ['I0000 00:00:17.4 9 port.cc:154] another note', 'E0000 00:00:17.4 9 other.cc:1] trouble 7'];

/** What a process says that loads the library as a program does: first what keeps it quiet, then the package. */
const load = options.skip ? undefined : await prepare();

async function prepare() {
  const { recipe, wheels, makeRoot } = await makeMiniature(folder);
  const root = await makeRoot('root');
  const places = { MIXTENTION_CACHE: join(folder, 'cache'), XDG_STATE_HOME: join(folder, 'state') };
  const env = { ...process.env, ...places, MIXTENTION_NATIVE: '', PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels };
  const { status, sentence } = await setUpTfjsNode({ root, env, recipe });
  assert.equal(status, 'ready', sentence);
  const home = (await findTfjsNode(root)).folder;
  const quiet = join(home, 'deps', 'lib', compiledFiles.quiet);
  const code = `
    require(${JSON.stringify(quiet)});
    const { descriptor } = require(${JSON.stringify(home)}).backend().binding;
    setTimeout(() => console.log(descriptor), process.env.MINIATURE_TALKS === 'thread' ? 4000 : 400);`;
  return async (talks, more = {}) => {
    const level = { TF_CPP_MIN_LOG_LEVEL: '2', ...more };
    const answer = await run(process.execPath, ['-e', code], { env: { ...env, ...level, MINIATURE_TALKS: talks } });
    return { ...answer, lines: answer.stderr.split('\n').filter((line) => line !== '') };
  };
}

test(
  'of what the library writes while it is loaded, the two known lines are left out and nothing else',
  options,
  async () => {
    const { stdout, lines, code } = await load('once');
    assert.deepEqual(lines, OTHERS);
    assert.equal(stdout, '2\n'); // afterwards stderr is what it was
    assert.equal(code, 0);
  },
);

test('with TF_CPP_MIN_LOG_LEVEL=0 all of it is shown', options, async () => {
  assert.deepEqual((await load('once', { TF_CPP_MIN_LOG_LEVEL: '0' })).lines, [...KNOWN, ...OTHERS]);
});

test('a thread that writes to stderr meanwhile loses no line', options, async () => {
  const { lines } = await load('thread');
  const ofThread = lines.filter((line) => line.startsWith('thread '));
  assert.deepEqual(
    ofThread,
    Array.from({ length: 100 }, (_, i) => `thread ${i}`),
  );
  assert.deepEqual(
    lines.filter((line) => !line.startsWith('thread ')),
    OTHERS,
  );
});

test('what is written just before the load ends the process is not lost', options, async () => {
  const { lines, killedBy } = await load('abort');
  assert.equal(killedBy, 'SIGABRT');
  assert.deepEqual(lines.slice(0, 2), OTHERS);
});
