import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlopTypes } from '@turbo/gen';
import { addToTable } from './add-to-table.ts';
import { type Answers, checkName } from './check-name.ts';

/**
 * `turbo gen algorithm` and `turbo gen family`: working skeletons that meet their conformance suites as they are.
 *
 * Names are checked where the list of actions is asked for, since nothing has been written then.
 */
export default function generators(plop: PlopTypes.NodePlopAPI): void {
  plop.setGenerator('algorithm', {
    description: 'An algorithm: one folder in em or svi, a correct EM to start from',
    prompts: [
      { type: 'list', name: 'package', message: 'Which package?', choices: ['em', 'svi'] },
      { type: 'input', name: 'name', message: 'Name of the folder and of the spec, in kebab-case?' },
    ],
    actions: (answers) => {
      const { package: home, name } = answers as Answers;
      const source = `packages/${home}/src`;
      checkName(plop, 'algorithm', answers as Answers, `${source}/${name}`);
      return [
        ...filesOf('algorithm', `${source}/${name}`, [
          '{{ name }}.ts',
          '{{ name }}.conformance.ts',
          '{{ name }}.test.ts',
          '{{ name }}.bench.ts',
          'README.md',
        ]),
        insert(`${source}/algorithms.ts`, /^/, IMPORT_LINE),
        tableEntry(plop, `${source}/algorithms.ts`, 'algorithms', `${home}/${name}`),
        insert(`${source}/index.ts`, /$/, exportLine(['Config', 'Info', 'State', 'Stats'])),
        format([`${source}/${name}`, `${source}/index.ts`, `${source}/algorithms.ts`]),
      ];
    },
  });

  plop.setGenerator('family', {
    description: 'A family of components: one folder in mixture, the exponential family to start from',
    prompts: [{ type: 'input', name: 'name', message: 'Name of the folder and of the family, in kebab-case?' }],
    actions: (answers) => {
      const { name } = answers as Answers;
      const source = 'packages/mixture/src/families';
      checkName(plop, 'family', answers as Answers, `${source}/${name}`);
      return [
        ...filesOf('family', `${source}/${name}`, [
          '{{ name }}.ts',
          '{{ name }}-prior.ts',
          'params.ts',
          '{{ name }}.test.ts',
          '{{ name }}.bench.ts',
          '{{ name }}.fixture.json',
          'fixture.py',
          'README.md',
        ]),
        insert(`${source}/index.ts`, /(?=import \{ bernoulli \})/, IMPORT_LINE),
        tableEntry(plop, `${source}/index.ts`, 'simpleFamilies', name),
        insert(
          `${source}/index.ts`,
          /$/,
          `${EXPORT_LINE}export type { {{ pascalCase name }}Params } from './{{ name }}/params.ts';\n`,
        ),
        format([`${source}/${name}`, `${source}/index.ts`]),
      ];
    },
  });
}

const EXPORT_LINE = "export { {{ camelCase name }} } from './{{ name }}/{{ name }}.ts';\n";
const IMPORT_LINE = "import { {{ camelCase name }} } from './{{ name }}/{{ name }}.ts';\n";

const inRepository = (path: string): string => `{{ turbo.paths.root }}/${path}`;

/** A template is named as the file that it becomes, with `name` for the name. */
function filesOf(kind: string, folder: string, names: readonly string[]): PlopTypes.ActionType[] {
  return names.map((name) => ({
    type: 'add',
    path: inRepository(`${folder}/${name}`),
    templateFile: `templates/${kind}/${name.replace('{{ name }}', 'name')}.hbs`,
  }));
}

function insert(path: string, pattern: RegExp, template: string): PlopTypes.ActionType {
  return { type: 'modify', path: inRepository(path), pattern, template };
}

function exportLine(types: readonly string[]): string {
  const names = types.map((type) => `type {{ pascalCase name }}${type}`);
  return `export { ${names.join(', ')}, {{ camelCase name }} } from './{{ name }}/{{ name }}.ts';\n`;
}

/** One more line of a table of names, where the order of names has it. */
function tableEntry(
  plop: PlopTypes.NodePlopAPI,
  path: string,
  table: string,
  key: string,
): PlopTypes.CustomActionFunction {
  return (answers) => {
    const { name, turbo } = answers as Answers;
    const file = join(turbo.paths.root, path);
    const value = plop.renderString('{{ camelCase name }}', { name });
    writeFileSync(file, addToTable(readFileSync(file, 'utf8'), table, { key, value }));
    return path;
  };
}

/** Sorts imports and lines as the rest of the repository has them. */
function format(paths: readonly string[]): PlopTypes.CustomActionFunction {
  return (answers) => {
    const { root } = (answers as Answers).turbo.paths;
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    execFileSync(process.execPath, [biome, 'check', '--write', ...paths], { cwd: root, stdio: 'pipe' });
    return 'formatted';
  };
}
