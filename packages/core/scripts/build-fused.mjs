// Builds the fused kernel, `src/fused/assembly`, and writes its modules as text: `node scripts/build-fused.mjs`.
// With `--check` it writes nothing, and fails where what is written is not what the source gives.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const home = new URL('../src/fused/', import.meta.url);
const target = new URL('modules.ts', home);

/** Modules of both precisions may share a memory: their constants lie apart, below 8192. */
const builds = [
  { name: 'single', real: 'f32', fused: false, base: 1024 },
  { name: 'singleFused', real: 'f32', fused: true, base: 1024 },
  { name: 'double', real: 'f64', fused: false, base: 4096 },
  { name: 'doubleFused', real: 'f64', fused: true, base: 4096 },
];

/** One module as base64. */
async function compile({ real, fused, base }) {
  let binary = null;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['--use', `Real=${real}`, ...(fused ? ['--use', 'FUSED=1'] : [])],
      ...['--enable', fused ? 'simd,relaxed-simd' : 'simd'],
      ...['--importMemory', '--memoryBase', String(base)],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--outFile', 'module.wasm'],
    ],
    {
      readFile: (name) => readFile(new URL(`assembly/${name}`, home), 'utf8').catch(() => null),
      writeFile: (name, contents) => {
        if (name === 'module.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === null) throw new Error(`the fused kernel was not built: ${error}\n${stderr}`);
  return Buffer.from(binary).toString('base64');
}

const modules = [];
for (const build of builds) modules.push([build.name, await compile(build)]);
const text = `// Written by scripts/build-fused.mjs from assembly/: do not edit. CI builds it again and compares.

/** Modules of the fused kernel as base64: float32 and float64, with and without multiply–adds of one rounding (relaxed SIMD). */
export const modules = {
${modules.map(([name, base64]) => `  ${name}:\n    '${base64}',\n`).join('')}} as const;
`;

if (!process.argv.includes('--check')) await writeFile(target, text);
else if ((await readFile(target, 'utf8')) !== text) {
  console.error(`${fileURLToPath(target)} is not what its source gives: run node scripts/build-fused.mjs`);
  process.exitCode = 1;
}
