import { readFileSync } from 'node:fs';
import { loadBackend } from '@mixtention/core/threads';
import { expect } from 'vitest';
import { type Example, root } from './find-examples.ts';
import { agrees, isValue, print, show } from './show.ts';

type Scope = Record<string, unknown>;

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;
const PACKAGES = ['conformance', 'attention', 'svi', 'em', 'files', 'mixture', 'core'];

/**
 * Runs an example and holds the comments that give values to what is there.
 *
 * A README imports what it uses. A docstring sees every public name, its own package's first, and `tf`; that of an internal symbol also sees its
 * own file. What a package has in an object of its own (`distributions.normal`) is seen by its docstrings without it.
 *
 * @throws whatever the example throws; an assertion for a comment that is wrong, or a value that was never reached
 */
export async function runExample({ file, symbol, code }: Example): Promise<void> {
  const { body, comments } = instrument(code.replaceAll(IMPORT, ''));
  const wrong: string[] = [];
  const reached = new Set<number>();
  const check = (index: number, shown: string): void => {
    reached.add(index);
    if (!agrees(comments[index]!, shown)) wrong.push(`says ${comments[index]}, is ${shown}`);
  };
  const scope: Scope = {
    ...(symbol === null ? {} : await publicScope(file, symbol)),
    ...(await importedScope(code)),
    $saw: (index: number, value: unknown) => check(index, show(value)),
    $said: (index: number, ...values: unknown[]) => check(index, print(values)),
    console: { log() {} },
  };
  // A block of its own: an example may use the name of an import for something else.
  await new AsyncFunction(...Object.keys(scope), `{\n${body}\n}`)(...Object.values(scope));
  expect(wrong).toEqual([]);
  expect(comments.filter((_, index) => !reached.has(index))).toEqual([]);
}

/** Code whose commented statements report their values, and the comments. */
export function instrument(code: string): { readonly body: string; readonly comments: readonly string[] } {
  const comments: string[] = [];
  const lines = code.split('\n').map((line) => {
    const [, statement, comment] = line.match(/^\s*(.*?); +\/\/ (.*)$/) ?? [];
    if (statement === undefined || comment === undefined) return line;
    const printed = statement.match(/^console\.log\((.*)\)$/)?.[1];
    if (printed === undefined && !isValue(comment)) return line;
    const index = comments.push(comment) - 1;
    if (printed !== undefined) return `$said(${index}, ${printed});`;
    const name = statement.match(/^(?:const|let) (?:(\w+)|\{ (\w+) \}) = /);
    return name === null ? `$saw(${index}, ${statement});` : `${statement}; $saw(${index}, ${name[1] ?? name[2]});`;
  });
  return { body: lines.join('\n'), comments };
}

const IMPORT = /^import (?:\{([^}]*)\}|\* as (\w+)) from '([^']+)';(?: \/\/.*)?$/gm;

async function importedScope(code: string): Promise<Scope> {
  const scope: Scope = {};
  for (const [, names, all, from] of code.matchAll(IMPORT)) {
    const module = await load(from!);
    if (all !== undefined) scope[all] = module;
    for (const name of names?.split(',').map((text) => text.trim()) ?? []) {
      if (name === '') continue;
      expect(Object.keys(module), `exports of ${from}`).toContain(name);
      scope[name] = module[name];
    }
  }
  return scope;
}

async function publicScope(file: string, symbol: string): Promise<Scope> {
  const own = file.split('/')[1]!;
  const scope: Scope = { expect, tf: (await loadBackend('tfjs-wasm')).tf };
  for (const name of [...PACKAGES, own]) Object.assign(scope, await exportsOf(name));
  Object.assign(scope, ...namespacesOf(await exportsOf(own)));
  return symbol in scope ? scope : { ...scope, ...(await load(`${root}${file}`)) };
}

const known = new Map<string, Promise<Scope>>();

/** Everything that a package exports, by whatever entry. */
function exportsOf(folder: string): Promise<Scope> {
  if (!known.has(folder))
    known.set(
      folder,
      Promise.all(entriesOf(folder).map(load)).then((modules) => Object.assign({}, ...modules)),
    );
  return known.get(folder)!;
}

/** Modules that a module exports as one object each. */
export function namespacesOf(module: Scope): Scope[] {
  return Object.values(module).filter(
    (value): value is Scope => Object.prototype.toString.call(value) === '[object Module]',
  );
}

/** What a package can be imported by. */
export function entriesOf(folder: string): string[] {
  const { name, exports } = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8')) as {
    name: string;
    exports: Record<string, object | string>;
  };
  // The root entry last: its names come first. An entry that is a text is a file, not a module.
  const paths = Object.keys(exports).filter((path) => typeof exports[path] !== 'string');
  return paths.reverse().map((path) => name + path.slice(1));
}

/** A module by one of these names. */
export async function load(from: string): Promise<Scope> {
  // Its sources, as of every other package.
  const source = from === 'mixtention' ? '../index.ts' : from;
  return (await import(/* @vite-ignore */ source)) as Scope;
}
