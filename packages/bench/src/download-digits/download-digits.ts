import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { percent } from '@mixtention/core/page';
import { download } from '@mixtention/files';
import { dataFolder } from '../digits/data-folder.ts';
import { STANDARD_FILES, STANDARD_FOLDER } from '../digits/standard-files.ts';
import { createReporter } from '../main-job/reporter.ts';
import { runCommand } from '../run-command.ts';

/** `npm run data:download`: the standard static binarised MNIST files into the user's cache, each kept only if its hash is right. */
await runCommand(async (signal) => {
  const folder = dataFolder();
  const reporter = createReporter();
  await mkdir(folder, { recursive: true });
  for (const { name, bytes, sha256 } of Object.values(STANDARD_FILES)) {
    await reporter.stage(
      name,
      (show) =>
        download(`${STANDARD_FOLDER}/${name}`, join(folder, name), {
          sha256,
          maxBytes: bytes,
          signal,
          onProgress: (received) => show(percent(received / bytes)),
        }),
      (outcome) =>
        outcome === 'present' ? 'was there, its hash is right' : `${Math.round(bytes / 1e6)} MB, its hash is right`,
    );
  }
  console.log(`The standard split lies in ${folder}; npm start uses it.`);
});
