/**
 * Whether a user's strict project can read the declarations of every entry of every published package, which are checked with it (`skipLibCheck` is
 * off), by either way of finding modules. Part of `npm run test:packages`: packages are built by then.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

const manifests = readdirSync(join(root, 'packages')).map((name) =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')),
);
const entries = manifests
  .filter((manifest) => !manifest.private)
  .flatMap(({ name, exports }) =>
    Object.entries(exports).flatMap(([path, { types }]) => (types === undefined ? [] : [name + path.slice(1)])),
  );

/** What is wrong in ours: libraries of others answer for themselves. */
function complaints(options) {
  const user = join(root, 'user.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  const text = entries.map((entry, i) => `export * as entry${i} from '${entry}';`).join('\n');
  host.fileExists = (file) => file === user || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    file === user ? ts.createSourceFile(file, text, ...rest) : getSourceFile(file, ...rest);
  const program = ts.createProgram([user], options, host);
  const ours = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('/node_modules/'));
  const said = ours.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  return ts.formatDiagnostics(said, {
    getCanonicalFileName: (file) => file,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  });
}

const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: ['node'],
  target: ts.ScriptTarget.ES2023,
};
for (const [name, options] of [
  ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
]) {
  const said = complaints({ ...strict, ...options });
  console.log(`types of ${entries.length} entries by moduleResolution ${name}: ${said === '' ? 'clean' : `\n${said}`}`);
  if (said !== '') process.exitCode = 1;
}
