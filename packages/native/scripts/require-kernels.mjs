// Before a release: makes the packages of all platforms optional dependencies of @mixtention/core, in its own version. They cannot stand there in the
// repository, since they are published only then.

import { readFile, writeFile } from 'node:fs/promises';
import { kernelPlatforms } from '../src/kernel-platforms.mjs';

const path = new URL('../../core/package.json', import.meta.url);
const core = JSON.parse(await readFile(path, 'utf8'));
core.optionalDependencies = Object.fromEntries(
  Object.keys(kernelPlatforms).map((platform) => [`@mixtention/native-${platform}`, core.version]),
);
await writeFile(path, `${JSON.stringify(core, null, 2)}\n`);
