import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from './find-examples.ts';

/** Where something is declared: a file and the name that it has there; `*` is a whole file. */
export type Declared = string;

/** Every public name, type or value, of every package: what is meant by it, and by which entries it is reached. */
export function publicNames(): Map<string, Map<Declared, string[]>> {
  const names = new Map<string, Map<Declared, string[]>>();
  for (const [entry, file] of entries)
    for (const [name, declared] of exportsOf(file)) {
      const meanings = names.get(name) ?? new Map<Declared, string[]>();
      meanings.set(declared, [...(meanings.get(declared) ?? []), entry]);
      names.set(name, meanings);
    }
  return names;
}

const entries: ReadonlyMap<string, string> = new Map(readdirSync(`${root}packages`).flatMap(entriesOf));

/** Entries of a package with the source of each; those that have none are no modules. */
function entriesOf(folder: string): [string, string][] {
  const { name, exports = {} } = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8')) as {
    name: string;
    exports?: { readonly [path: string]: string | { readonly source?: string; readonly types?: string } };
  };
  return Object.entries(exports).flatMap(([path, to]): [string, string][] => {
    const source = typeof to === 'string' ? undefined : (to.source ?? to.types);
    return source === undefined ? [] : [[name + path.slice(1), join(root, 'packages', folder, source)]];
  });
}

/** What a file exports, and where it is declared. */
function exportsOf(file: string): [string, Declared][] {
  const { statements } = parse(file);
  return statements.flatMap((statement): [string, Declared][] => {
    if (!ts.isExportDeclaration(statement)) return declaredBy(statement).map((name) => [name, `${file}#${name}`]);
    const from = statement.moduleSpecifier as ts.StringLiteral | undefined;
    const target = from === undefined ? file : resolve(from.text, file);
    const { exportClause: clause } = statement;
    if (clause === undefined) return target === null ? [] : exportsOf(target);
    if (ts.isNamespaceExport(clause)) return [[clause.name.text, `${target ?? from!.text}#*`]];
    return clause.elements.map(({ name, propertyName }) => {
      const own = (propertyName ?? name).text;
      return [name.text, from === undefined ? localOf(file, own) : declaredIn(target, own, from.text)];
    });
  });
}

function declaredIn(target: string | null, name: string, from: string): Declared {
  const found = target === null ? undefined : exportsOf(target).find(([other]) => other === name);
  return found?.[1] ?? `${from}#${name}`;
}

/** A name that a file exports without `from`: its own, or one that it has imported. */
function localOf(file: string, name: string): Declared {
  for (const statement of parse(file).statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const found = bindings.elements.find((element) => element.name.text === name);
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    if (found !== undefined) return declaredIn(resolve(from, file), (found.propertyName ?? found.name).text, from);
  }
  return `${file}#${name}`;
}

/** Names that an exported statement declares. */
function declaredBy(statement: ts.Statement): string[] {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => (name as ts.Identifier).text);
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

const parsed = new Map<string, ts.SourceFile>();

function parse(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const made = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  parsed.set(file, made);
  return made;
}

/** The file that an import means; null where it is no package of ours. */
function resolve(from: string, file: string): string | null {
  if (!from.startsWith('.')) return entries.get(from) ?? null;
  const path = join(dirname(file), from);
  return existsSync(path) ? path : null;
}
