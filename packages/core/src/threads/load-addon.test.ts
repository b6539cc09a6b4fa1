import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { availableAddon } from '../testing/available-addon.ts';

const require = createRequire(import.meta.url);
const platform = `@mixtention/native-${process.platform}-${process.arch}`;
const names = process.platform === 'linux' ? [`${platform}-gnu`, `${platform}-musl`] : [platform];
const folder = mkdtempSync(join(tmpdir(), 'mixtention-addon-'));
const core = join(folder, 'node_modules', '@mixtention', 'core');

// Core as npm installs it, where no other package is.
beforeAll(() => {
  const own = dirname(require.resolve('@mixtention/core/package.json'));
  const filter = (path: string): boolean => !path.endsWith('.map');
  cpSync(join(own, 'dist'), join(core, 'dist'), { recursive: true, filter });
  cpSync(join(own, 'package.json'), join(core, 'package.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program gets for a large problem, and what it is told when it asks for native code, with a package of the platform that holds some file. */
function outcomeWith(file: string, content: string | Uint8Array): string {
  const home = join(folder, 'node_modules', ...names[0]!.split('/'));
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: names[0], version: '0.1.0', main: file }));
  writeFileSync(join(home, file), content);
  const program = `
    import { backendFor, loadBackend } from ${JSON.stringify(pathToFileURL(join(core, 'dist', 'threads.js')).href)};
    const { name } = await backendFor({ rows: 1e6, components: 10, width: 10 });
    console.log(name, await loadBackend('native').then(() => 'native loads', ({ code, message }) => code + ' ' + message));`;
  const env = { ...process.env, MIXTENTION_BACKEND: '', MIXTENTION_NATIVE: '' };
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', env });
}

const refused = (why: string): RegExp =>
  new RegExp(`^wasm BACKEND_UNAVAILABLE \\[core\\] loadAddon: the native kernel ${why}.*\\n$`);

it('an addon that is none, or of another version, leaves WebAssembly and says why in a line', () => {
  expect(outcomeWith('kernel.node', 'for another machine')).toMatch(refused('does not load \\(.+\\)'));
  expect(outcomeWith('kernel.js', 'module.exports = { format: -1 };')).toMatch(
    refused('was built for another version of mixtention'),
  );
});

it.skipIf(process.platform !== 'linux' || availableAddon() === null)(
  'and so does one for another processor, or of which the end is missing',
  () => {
    const installed = names.find((name) => {
      try {
        return require.resolve(name);
      } catch {
        return false;
      }
    });
    const bytes = readFileSync(require.resolve(installed!));
    expect(outcomeWith('kernel.node', bytes)).toBe('native native loads\n');
    expect(outcomeWith('kernel.node', bytes.subarray(0, bytes.length / 2))).toMatch(refused('is cut short \\(.+\\)'));
    // The field of an ELF header that names the processor: 243 is RISC-V.
    const foreign = Buffer.from(bytes);
    foreign.writeUInt16LE(243, 18);
    expect(outcomeWith('kernel.node', foreign)).toMatch(refused('does not load \\(.+\\)'));
  },
);
