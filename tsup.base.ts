import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { defineConfig, type Options } from 'tsup';
import ts from 'typescript';

type Manifest = {
  readonly name: string;
  readonly exports: { readonly [path: string]: string | { source?: string; types?: string; default: string } };
  readonly dependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
};

/**
 * One build recipe for every package: ESM, flat `dist`, declarations. Its entries are the package's exports that name a source, whose declarations are
 * written where they name types.
 *
 * @param more  programs and workers: what is built beside the exports, by name
 */
export const build = (more: Record<string, string> = {}, options: Options = {}): ReturnType<typeof defineConfig> => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const exported = Object.values(manifest.exports).flatMap((to) => (typeof to === 'object' && to.source ? [to] : []));
  const entries = exported.map((to) => [/^\.\/dist\/(.*)\.js$/.exec(to.default)![1], to.source]);
  const types = exported.flatMap((to) => (to.types ? [[resolve(to.source!), resolve(to.types)] as const] : []));
  return defineConfig({
    entry: { ...Object.fromEntries(entries), ...more },
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    clean: true,
    sourcemap: true,
    plugins: [{ name: 'declarations', buildEnd: () => declare(new Map(types), manifest) }],
    ...options,
  });
};

/**
 * Writes the declarations of some sources, and of what they import, file by file from the syntax alone (`isolatedDeclarations`): nothing is resolved or
 * checked here, which `check-types` does. What is no entry goes to `dist/types`.
 *
 * @param outputs  sources, and where their declarations go
 */
function declare(outputs: Map<string, string>, { name, dependencies, peerDependencies }: Manifest): void {
  const packages = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })]);
  rmSync('dist/types', { recursive: true, force: true });
  // What an entry imports joins the end of the map.
  for (const [source, output] of outputs) {
    const rewritten = (specifier: string): string => {
      if (!specifier.startsWith('.')) {
        const [scope, rest] = specifier.split('/', 2);
        if (scope!.startsWith('node:') || packages.has(scope!.startsWith('@') ? `${scope}/${rest}` : scope!))
          return specifier;
        throw new Error(`${source}: its declarations import ${specifier}, which ${name} does not depend on`);
      }
      const target = resolve(dirname(source), specifier);
      const to = outputs.get(target) ?? resolve('dist/types', relative('src', target).replace(/\.ts$/, '.d.ts'));
      outputs.set(target, to);
      return relative(dirname(output), to)
        .replaceAll('\\', '/')
        .replace(/\.d\.ts$/, '.js')
        .replace(/^(?!\.)/, './');
    };
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, withImports(declarationsOf(source), rewritten));
  }
}

function declarationsOf(source: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(source, 'utf8'), {
    fileName: source,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.Preserve, verbatimModuleSyntax: true },
  });
  if (diagnostics.length === 0) return outputText;
  const host = { getCanonicalFileName: (file: string) => file, getCurrentDirectory: () => '', getNewLine: () => '\n' };
  throw new Error(ts.formatDiagnostics(diagnostics, host));
}

function withImports(text: string, rewritten: (specifier: string) => string): string {
  const file = ts.createSourceFile('declarations.ts', text, ts.ScriptTarget.ES2023);
  return specifiersIn(file).reduceRight((rest, node) => {
    const [from, to] = [node.getStart(file) + 1, node.getEnd() - 1];
    return rest.slice(0, from) + rewritten(node.text) + rest.slice(to);
  }, text);
}

/** What is imported, handed on, or meant by `import('…')`, in the order of the text. */
function specifiersIn(node: ts.Node): ts.StringLiteral[] {
  const own = ts.isImportTypeNode(node)
    ? (node.argument as ts.LiteralTypeNode).literal
    : ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : undefined;
  const found = own === undefined ? [] : [own as ts.StringLiteral];
  ts.forEachChild(node, (child) => void found.push(...specifiersIn(child)));
  return found;
}
