import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Code that a reader may copy. */
export type Example = {
  /** From the root of the repository. */
  readonly file: string;
  /** What the docstring is about; null in a README. */
  readonly symbol: string | null;
  readonly title: string;
  readonly code: string;
};

export const root: string = fileURLToPath(new URL('../../../../', import.meta.url));

const PUBLISHED = ['core', 'mixture', 'files', 'conformance', 'em', 'svi', 'attention', 'cli'];

/** Every `@example` of the sources of the published packages, and every js or ts block of a README or a guide. */
export function findExamples(): Example[] {
  const sources = sourceFiles().filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return [
    ...sources.flatMap((file) => examplesOfSource(file, read(file))),
    ...findReadmes().flatMap((file) => examplesOfReadme(file, read(file))),
  ];
}

/** Every README and guide, from the root of the repository. */
export function findReadmes(): string[] {
  return [
    'README.md',
    ...readdirSync(`${root}packages`).map((name) => `packages/${name}/README.md`),
    ...sourceFiles().filter((file) => file.endsWith('/README.md')),
    ...readdirSync(`${root}docs`)
      .map((name) => `docs/${name}`)
      .filter((file) => file.endsWith('.md')),
  ];
}

/** The text of a file, which is named from the root of the repository. */
export function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}

function sourceFiles(): string[] {
  return PUBLISHED.flatMap((name) => filesOf(`packages/${name}/src`));
}

export function examplesOfSource(file: string, text: string): Example[] {
  const docstrings = [
    ...text.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*(?:export )?(?:async )?(?:function\*?|const|class|type)? ?(\w+)/gs),
  ];
  return docstrings.flatMap(([, comment, symbol]) => {
    const lines = comment!.replaceAll(/^ *\*(?: |$)/gm, '');
    return [...lines.matchAll(/^@example *\n((?:(?!^@).)*)/gms)].map(([, code]) => ({
      file,
      symbol: symbol!,
      title: `${symbol} in ${file}`,
      code: code!.trim(),
    }));
  });
}

export function examplesOfReadme(file: string, text: string): Example[] {
  return [...text.matchAll(/^```(?:js|ts)\n(.*?)^```/gms)].map(([, code], index) => ({
    file,
    symbol: null,
    title: `block ${index + 1} of ${file}`,
    code: code!.trim(),
  }));
}

function filesOf(folder: string): string[] {
  const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`).sort();
}
