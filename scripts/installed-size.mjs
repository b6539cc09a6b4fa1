/**
 * What `npm install @mixtention/em` unpacks of ours, which is all that it brings, and whether that is less than 6 MB. Last part of
 * `npm run test:packages`: packages are built by then.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MOST_BYTES = 6e6;
const packages = ['core', 'mixture', 'em'];

/** Bytes of a package as npm unpacks it. */
async function unpackedSize(name) {
  const cwd = fileURLToPath(new URL(`../packages/${name}`, import.meta.url));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd });
  return Object.values(JSON.parse(stdout))[0].unpackedSize;
}

/** Names of packages that it needs, of ours and of others. */
async function needs(name) {
  const { dependencies = {} } = JSON.parse(
    await readFile(new URL(`../packages/${name}/package.json`, import.meta.url), 'utf8'),
  );
  return Object.keys(dependencies);
}

const sizes = await Promise.all(packages.map(unpackedSize));
const foreign = (await Promise.all(packages.map(needs)))
  .flat()
  .filter((name) => !packages.includes(name.replace('@mixtention/', '')));
const total = sizes.reduce((sum, size) => sum + size, 0);
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
console.log(
  `installed em: ${megabytes(total)} (${packages.map((name, i) => `${name} ${megabytes(sizes[i])}`).join(', ')}), less than ${megabytes(MOST_BYTES)} was due`,
);
if (foreign.length > 0) console.error(`it brings other packages, none were due: ${foreign.join(', ')}`);
if (total >= MOST_BYTES || foreign.length > 0) process.exitCode = 1;
