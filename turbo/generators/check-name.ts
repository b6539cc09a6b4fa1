import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PlopTypes } from '@turbo/gen';
import ts from 'typescript';

export type Answers = {
  readonly package?: string;
  readonly name: string;
  readonly turbo: { readonly paths: { readonly root: string } };
};

/** A name that no one takes; templates filled in with it show which of their identifiers come from the name. */
const STAND_IN = 'stand-in-name';

/**
 * Refuses a name before anything is written: it becomes a folder, a spec name and several identifiers, and must be free as each of them.
 *
 * @param folder  where the new folder goes, from the root of the repository
 * @throws with one sentence
 */
export function checkName(
  plop: PlopTypes.NodePlopAPI,
  kind: 'algorithm' | 'family',
  answers: Answers,
  folder: string,
): void {
  const { name, package: home = 'mixture' } = answers;
  const { root } = answers.turbo.paths;
  if (!['mixture', 'em', 'svi'].includes(home)) throw new Error(`the package is "${home}"; em or svi was due`);
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name))
    throw new Error(`the name is "${name}"; kebab-case was due, each word from a letter on, as stepwise-em`);
  const taken = [folder, `${folder}.ts`].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new Error(`the name is "${name}", but ${taken} is there already; a new name was due`);
  if (isIgnored(root, folder)) throw new Error(`the name is "${name}", but git ignores ${folder}; another was due`);
  const identifier = plop.renderString('{{ camelCase name }}', { name });
  if (isReserved(identifier))
    throw new Error(
      `the name is "${name}", but JavaScript or TypeScript has its own use for ${identifier}; another was due`,
    );
  const { forms, others } = identifiersOfTemplates(plop, join(root, 'turbo/generators/templates', kind), name);
  const used = forms.find((form) => others.has(form));
  if (used !== undefined)
    throw new Error(`the name is "${name}", but the templates use ${used} for something else; another was due`);
  const owners = [...new Set([home, 'mixture', 'core'])];
  const exported = exportsOf(owners.map((owner) => entriesOf(join(root, 'packages', owner))));
  for (const [i, owner] of owners.entries()) {
    const double = forms.find((form) => exported[i]!.has(form));
    if (double !== undefined)
      throw new Error(`the name is "${name}", but @mixtention/${owner} exports ${double} already; another was due`);
  }
}

/** A folder such as `dist` would be written and never committed. */
function isIgnored(root: string, folder: string): boolean {
  try {
    execFileSync('git', ['check-ignore', '--quiet', `${folder}/`], { cwd: root, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Keywords, and names such as `escape` or `constructor` that are there without an import. */
function isReserved(identifier: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, identifier);
  return scanner.scan() !== ts.SyntaxKind.Identifier || identifier in globalThis || identifier === 'arguments';
}

/** Identifiers that the name turns into (`fooBar`, `FooBarState`), and all others in the templates. */
function identifiersOfTemplates(
  plop: PlopTypes.NodePlopAPI,
  folder: string,
  name: string,
): { forms: readonly string[]; others: ReadonlySet<string> } {
  const data = { name: STAND_IN, package: 'em' };
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts.hbs'));
  const found = new Set<string>();
  for (const file of files) {
    const text = plop.renderString(readFileSync(join(folder, file), 'utf8'), data);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) found.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  }
  const cases = ['camelCase', 'pascalCase'].map((helper) => {
    const word = (of: string): string => plop.renderString(`{{ ${helper} name }}`, { name: of });
    return [word(STAND_IN), word(name)] as const;
  });
  const isForm = (text: string): boolean => cases.some(([standIn]) => text.includes(standIn));
  const asNamed = (text: string): string => cases.reduce((form, [from, to]) => form.replace(from, to), text);
  return {
    forms: [...found].filter(isForm).map(asNamed),
    others: new Set([...found].filter((text) => !isForm(text))),
  };
}

/** The sources of everything that a package exports. */
function entriesOf(folder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { readonly source?: string }>;
  };
  return Object.values(exports).flatMap(({ source }) => (source === undefined ? [] : [join(folder, source)]));
}

/** Names of values and types that the modules of each group export, those passed on with `export *` too: what would make a double. */
function exportsOf(groups: readonly (readonly string[])[]): readonly ReadonlySet<string>[] {
  // One program: what the groups import of one another is read once.
  const program = ts.createProgram(groups.flat(), {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const namesIn = (path: string): string[] => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path)!);
    if (module === undefined) throw new Error(`${relative(process.cwd(), path)} exports nothing; an index was due`);
    return checker.getExportsOfModule(module).map((symbol) => symbol.name);
  };
  return groups.map((paths) => new Set(paths.flatMap(namesIn)));
}
