/**
 * The first name that an object of a JSON text has twice, at any depth; null where there is none.
 *
 * @param text  known to parse
 */
export function repeatedName(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let isNameDue = false;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null);
    else if (token === '}' || token === ']') open.pop();
    const names = open.at(-1) ?? null;
    if (token.startsWith('"') && isNameDue && names !== null) {
      const name = JSON.parse(token) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
    isNameDue = names !== null && (token === '{' || token === ',');
  }
  return null;
}
