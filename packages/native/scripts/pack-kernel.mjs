// Makes the package of this platform: `node packages/native/scripts/pack-kernel.mjs <folder>`. It is compiled, loaded and tried before it is written.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileKernel } from '../src/compile-kernel.mjs';
import { kernelFile, kernelPackage } from '../src/kernel-package.mjs';
import { kernelPlatforms } from '../src/kernel-platforms.mjs';
import { loadKernel } from '../src/load-kernel.mjs';
import { fetchNodeHeaders, findNodeHeaders } from '../src/node-headers.mjs';
import { findCompiler } from '../src/tools.mjs';

const folder = process.argv[2];
if (folder === undefined) throw new Error('the folder of the package was due');
const own = fileURLToPath(new URL('..', import.meta.url));
const { version, license, engines } = JSON.parse(await readFile(join(own, 'package.json'), 'utf8'));
const name = kernelPackage();
const platform = kernelPlatforms[name.replace('@mixtention/native-', '')];
if (platform === undefined) throw new Error(`${name} is none of the packages`);
const compiler = await findCompiler();
if (compiler === undefined) throw new Error('a C++ compiler was not found here');
const work = await mkdtemp(join(tmpdir(), 'mixtention-pack-'));
try {
  const { env } = process;
  const nodeHeaders = findNodeHeaders() ?? (await fetchNodeHeaders(join(work, 'node'), { env }));
  const output = join(work, kernelFile);
  await compileKernel(compiler.command, { nodeHeaders, work, output }, { env });
  const answer = await loadKernel(output);
  if (!answer.loads) throw new Error(`it does not load (${answer.reason})`);
  await mkdir(folder, { recursive: true });
  await copyFile(output, join(folder, kernelFile));
  await copyFile(join(own, 'LICENSE'), join(folder, 'LICENSE'));
  const description = `The native kernel of mixtention, for ${name.replace('@mixtention/native-', '')}`;
  const packed = { name, version, description, license, engines, ...platform, main: kernelFile, files: [kernelFile] };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
  await writeFile(
    join(folder, 'README.md'),
    `# ${name}\n\n${description}. It is installed by @mixtention/core where it fits.\n`,
  );
  console.log(`${name} ${version}: ${answer.sets.join(', ')}, compiled by ${compiler.version}`);
} finally {
  await rm(work, { recursive: true, force: true });
}
