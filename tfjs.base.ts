import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * The gradients of tfjs-core, without tfjs-core: its files of gradients are bundled, and what they import of the library itself is taken from the
 * copy that the user has. A second copy would share the engine of the first, or be it, and break the tensors of whichever came second.
 */

const require = createRequire(import.meta.url);
const main = require.resolve('@tensorflow/tfjs-core');
const dist = dirname(main);
const inUse = fileURLToPath(new URL('packages/core/src/tensor/tfjs-in-use.ts', import.meta.url));

/** What stands in for files that hold state, or are part of the library's interface. */
const STAND_INS: { readonly [file: string]: string } = {
  engine: forward('engine().', ['runKernel'], (members) => `export const ENGINE = { ${members} };`),
  base: 'export const backend_util = new Proxy({}, { get: (_, name) => tfjsInUse().backend_util[name] });',
  kernel_registry: `export { collectGradient as registerGradient } from ${JSON.stringify(inUse)};`,
  tensor_util_env: 'export const convertToTensor = (tensor) => tensor;',
  'ops/operation': 'export const op = (functions) => Object.values(functions)[0];',
};

/**
 * The text that stands in for a file which a file of tfjs-core imports; null where the file itself will do.
 *
 * @param source    what is imported, as `../ops/mul`
 * @param importer  the file that imports it
 */
export function standIn(source: string, importer: string | undefined): string | null {
  if (importer === undefined || !source.startsWith('.') || relative(dist, importer).startsWith('..')) return null;
  const file = relative(dist, join(dirname(importer), source))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '');
  const text = STAND_INS[file] ?? forwarded(file);
  return text === null ? null : `import { tfjsInUse } from ${JSON.stringify(inUse)};\n${text}`;
}

/** Functions of `tf.util`, and ops that the library exports. */
function forwarded(file: string): string | null {
  const asExports = (members: string): string =>
    members.replaceAll(/(\w+): (.*?\)),?(?= \w+: |$)/g, 'export const $1 = $2;\n');
  if (file === 'util') return forward('util.', namesIn('util', 'util_base', 'hash_util'), asExports);
  if (!/^ops\/\w+$/.test(file)) return null;
  const names = namesIn(file);
  const known = require(main) as { readonly [name: string]: unknown };
  const isPublic = names.length > 0 && names.every((name) => typeof known[name] === 'function');
  return isPublic ? forward('', names, asExports) : null;
}

function forward(path: string, names: readonly string[], write: (members: string) => string): string {
  return write(names.map((name) => `${name}: (...given) => tfjsInUse().${path}${name}(...given)`).join(', '));
}

function namesIn(...files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [...textOf(file).matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name!),
  );
}

function textOf(file: string): string {
  return readFileSync(join(dist, `${file}.js`), 'utf8');
}

const PREFIX = '\0tfjs:';

/** For vitest. */
export const shareTfjs = {
  name: 'share-tfjs',
  enforce: 'pre',
  resolveId(source: string, importer: string | undefined): string | null {
    const text = standIn(source, importer);
    return text === null ? null : PREFIX + encodeURIComponent(text);
  },
  load(id: string): string | null {
    return id.startsWith(PREFIX) ? decodeURIComponent(id.slice(PREFIX.length)) : null;
  },
} as const;

type Build = {
  onResolve(
    filter: { filter: RegExp },
    resolve: (args: {
      path: string;
      importer: string;
    }) => { path: string; namespace: string; pluginData: string } | null,
  ): void;
  onLoad(
    filter: { filter: RegExp; namespace: string },
    load: (args: { pluginData: string }) => { contents: string; resolveDir: string },
  ): void;
};

/** The same for esbuild. */
export const shareTfjsInBundle = {
  name: shareTfjs.name,
  setup(build: Build): void {
    build.onResolve({ filter: /^\.\.?\// }, ({ path, importer }) => {
      const text = standIn(path, importer);
      return text === null ? null : { path: join(dirname(importer), path), namespace: 'tfjs', pluginData: text };
    });
    build.onLoad({ filter: /.*/, namespace: 'tfjs' }, ({ pluginData }) => ({ contents: pluginData, resolveDir: dist }));
  },
} as const;
