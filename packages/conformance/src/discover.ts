import { existsSync, readdirSync } from 'node:fs';

/** A folder that holds a file of its own name. */
export type Discovered = {
  /** Name of the folder, of its file, and of what the file exports. */
  readonly name: string;
  /** Everything that the file exports. */
  readonly module: { readonly [name: string]: unknown };
  /** Address of a file in the folder. */
  readonly urlOf: (file: string) => URL;
};

/**
 * Loads `<name>/<name><suffix>` of every folder beside a test file, in order of name: how suites find what they test.
 *
 * @param testUrl  `import.meta.url` of the test file
 *
 * @example
 * import { mkdir, writeFile } from 'node:fs/promises';
 * import { pathToFileURL } from 'node:url';
 * await mkdir('halving', { recursive: true });
 * await writeFile('halving/halving.mjs', 'export const halving = (x) => x / 2;');
 * const [found] = await discover(pathToFileURL('here.test.mjs').href, '.mjs');
 * found.name; // 'halving'
 * found.module.halving(4); // 2
 */
export async function discover(testUrl: string, suffix = '.ts'): Promise<Discovered[]> {
  const names = readdirSync(new URL('.', testUrl), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/${entry.name}${suffix}`, testUrl)))
    .map(({ name }) => name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const urlOf = (file: string): URL => new URL(`${name}/${file}`, testUrl);
      const module = (await import(/* @vite-ignore */ urlOf(`${name}${suffix}`).href)) as Discovered['module'];
      return { name, module, urlOf };
    }),
  );
}
