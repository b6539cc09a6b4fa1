import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { PlopTypes } from '@turbo/gen';

/** `turbo gen algorithm` and `turbo gen family`: working skeletons that meet their conformance suites as they are. */
export default function generators(plop: PlopTypes.NodePlopAPI): void {
  plop.setGenerator('algorithm', {
    description: 'An algorithm: one folder in em or svi, a correct EM to start from',
    prompts: [
      { type: 'list', name: 'package', message: 'Which package?', choices: ['em', 'svi'] },
      { type: 'input', name: 'name', message: 'Name of the folder and of the spec, in kebab-case?' },
    ],
    actions: [
      check,
      ...filesOf('algorithm', 'packages/{{ package }}/src/{{ name }}', [
        '{{ name }}.ts',
        '{{ name }}.conformance.ts',
        '{{ name }}.test.ts',
        '{{ name }}.bench.ts',
        'README.md',
      ]),
      insert(
        'packages/{{ package }}/src/algorithms.ts',
        /^/,
        "import { {{ camelCase name }} } from './{{ name }}/{{ name }}.ts';\n",
      ),
      insert(
        'packages/{{ package }}/src/algorithms.ts',
        /AlgorithmTable = \{/,
        "AlgorithmTable = {\n  '{{ package }}/{{ name }}': {{ camelCase name }},",
      ),
      insert('packages/{{ package }}/src/index.ts', /$/, exportLine(['Config', 'Info', 'State', 'Stats'])),
      format(({ package: home, name }) => [
        `packages/${home}/src/${name}`,
        `packages/${home}/src/index.ts`,
        `packages/${home}/src/algorithms.ts`,
      ]),
    ],
  });

  plop.setGenerator('family', {
    description: 'A family of components: one folder in core, the exponential family to start from',
    prompts: [{ type: 'input', name: 'name', message: 'Name of the folder and of the family, in kebab-case?' }],
    actions: [
      check,
      ...filesOf('family', 'packages/core/src/families/{{ name }}', [
        '{{ name }}.ts',
        '{{ name }}-prior.ts',
        '{{ name }}.test.ts',
        '{{ name }}.bench.ts',
        '{{ name }}.fixture.json',
        'fixture.py',
        'README.md',
      ]),
      insert(
        'packages/core/src/families/index.ts',
        /(?=import type \{ Family \})/,
        "import { {{ camelCase name }} } from './{{ name }}/{{ name }}.ts';\n",
      ),
      insert(
        'packages/core/src/families/index.ts',
        /: Family \} = \{/,
        ": Family } = {\n  '{{ name }}': {{ camelCase name }},",
      ),
      insert('packages/core/src/families/index.ts', /$/, exportLine(['Params'])),
      format(({ name }) => [`packages/core/src/families/${name}`, 'packages/core/src/families/index.ts']),
    ],
  });
}

type Answers = {
  readonly package?: string;
  readonly name: string;
  readonly turbo: { readonly paths: { readonly root: string } };
};

const inRepository = (path: string): string => `{{ turbo.paths.root }}/${path}`;

/** Names become folders, identifiers and spec names, so they must be all three. */
function check(answers: PlopTypes.Answers): string {
  const { name, package: home = 'core' } = answers as Answers;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`the name is "${name}"; kebab-case was due, as stepwise-em`);
  if (!['core', 'em', 'svi'].includes(home)) throw new Error(`the package is "${home}"; em or svi was due`);
  return `${home}: ${name}`;
}

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

/** Sorts imports and lines as the rest of the repository has them. */
function format(pathsOf: (answers: Answers) => readonly string[]): PlopTypes.CustomActionFunction {
  return (answers) => {
    const { root } = (answers as Answers).turbo.paths;
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    execFileSync(process.execPath, [biome, 'check', '--write', ...pathsOf(answers as Answers)], {
      cwd: root,
      stdio: 'pipe',
    });
    return 'formatted';
  };
}
