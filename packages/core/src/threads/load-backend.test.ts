import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { availableAddon } from '../testing/available-addon.ts';

// The built package in a process of its own: a backend is loaded once, and the environment is read then.
const node = new URL(
  'dist/threads.js',
  pathToFileURL(createRequire(import.meta.url).resolve('@mixtention/core/package.json')),
);
const load = `import { backendFor, loadBackend, openExecutor } from ${JSON.stringify(node.href)};`;

function run(source: string, env: NodeJS.ProcessEnv = {}): string {
  const clean = { ...process.env, MIXTENTION_BACKEND: '', MIXTENTION_NATIVE: 'off', ...env };
  return execFileSync(process.execPath, ['--input-type=module', '-e', load + source], {
    encoding: 'utf8',
    env: clean,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

const nameOf = `.then((b) => console.log(b.name), ({ code, message }) => console.log(code, message));`;
const large = '{ rows: 1e6, components: 10, width: 10 }';
const small = '{ rows: 10, components: 1, width: 1 }';

it('auto takes what loads, native code before tfjs-node before WebAssembly where a problem is wide, and float64 for small ones', () => {
  const both = `.then((b) => console.log(b.name, b.precision));`;
  expect(run(`await loadBackend()${both}`)).toBe('wasm float32');
  const best = run(`await backendFor(${large})${both}`, { MIXTENTION_NATIVE: '' });
  expect(best).toBe(availableAddon() === null ? 'wasm float32' : 'native float32');
  expect(run(`await backendFor(${small})${both}`)).toBe('wasm float64');
  const wide = run(`await backendFor({ rows: 1e5, components: 10, width: 784 })${nameOf}`, { MIXTENTION_NATIVE: '' });
  expect(wide).toBe(
    run(`await loadBackend('native').catch(() => loadBackend('tfjs-node').catch(() => loadBackend()))${nameOf}`, {
      MIXTENTION_NATIVE: '',
    }),
  );
});

it('MIXTENTION_BACKEND stands in for auto, also where a problem is small; empty or auto it changes nothing', () => {
  for (const [set, due] of [
    ['tfjs-wasm', 'tfjs-wasm'],
    ['plain', 'plain'],
    ['', 'wasm'],
    ['auto', 'wasm'],
  ] as const)
    expect(run(`console.log((await openExecutor({ problem: ${small} })).backend)`, { MIXTENTION_BACKEND: set })).toBe(
      due,
    );
});

it('a backend that there is not is an error that names the variable, and never replaced by another', () => {
  const due = 'UNKNOWN_NAME [core] loadBackend: unknown MIXTENTION_BACKEND "wsm", did you mean "wasm"?';
  expect(run(`await loadBackend()${nameOf}`, { MIXTENTION_BACKEND: 'wsm' })).toBe(due);
  for (const name of ['native', 'tfjs-node'])
    expect(run(`await loadBackend('${name}')${nameOf}`)).toContain('BACKEND_UNAVAILABLE');
});

it('threads that TensorFlow cannot start are refused before they end the process', () => {
  for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'])
    for (const set of ['-1', 'two', '100000'])
      expect(run(`await loadBackend('tfjs-node')${nameOf}`, { MIXTENTION_NATIVE: 'on', [name]: set })).toBe(
        `BAD_OPTION [core] loadBackend: ${name} is "${set}", a whole number below 1000 was due`,
      );
});

it('an error of the program stays its own when tfjs-wasm is loaded', () => {
  const source = `${load} await loadBackend('tfjs-wasm'); throw new Error('of the program');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
  expect(stderr).toContain('of the program');
  expect(stderr).not.toContain('tfjs-backend-wasm');
  expect(status).toBe(1);
});

it('the library of tfjs-node loads without a word on stderr, in worker threads too, and what is written there afterwards arrives', () => {
  const source = `${load} const { name } = await loadBackend('tfjs-node').catch(() => loadBackend('tfjs-wasm'));
    await (await openExecutor({ backend: name, workers: 2 })).close?.();
    process._rawDebug(name);`;
  const env = { ...process.env, MIXTENTION_BACKEND: '' };
  delete (env as NodeJS.ProcessEnv).TF_CPP_MIN_LOG_LEVEL;
  const args = ['--input-type=module', '-e', source];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  expect(stderr).toMatch(process.env.MIXTENTION_NATIVE === 'required' ? /^tfjs-node\n$/ : /^tfjs-(node|wasm)\n$/);
  expect(status).toBe(0);
});
