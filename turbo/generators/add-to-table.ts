import ts from 'typescript';

/**
 * The text of a module with one more entry in a table (an object literal), where the order of keys has it.
 *
 * @throws when the table is not there
 *
 * @example
 * addToTable("const t = { 'em/batch': batch };", 't', { key: 'em/hard', value: 'hard' });
 * // "const t = { 'em/batch': batch, 'em/hard': hard };"
 */
export function addToTable(text: string, table: string, { key, value }: { key: string; value: string }): string {
  const { properties } = findTable(ts.createSourceFile('table.ts', text, ts.ScriptTarget.Latest, true), table);
  const entry = key === value ? key : `'${key}': ${value}`;
  const next = properties.find(({ name }) => (name as ts.Identifier | ts.StringLiteral).text > key);
  if (next !== undefined) return insertAt(text, next.getStart(), `${entry}, `);
  return insertAt(text, properties.at(-1)?.end ?? properties.pos, properties.length > 0 ? `, ${entry}` : entry);
}

function findTable(source: ts.SourceFile, table: string): ts.ObjectLiteralExpression {
  const declarations = source.statements.filter(ts.isVariableStatement).flatMap((s) => s.declarationList.declarations);
  const initializer = declarations.find(({ name }) => name.getText() === table)?.initializer;
  if (initializer === undefined || !ts.isObjectLiteralExpression(initializer))
    throw new Error(`the table ${table} is not there; an object literal of that name was due`);
  return initializer;
}

function insertAt(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at);
}
