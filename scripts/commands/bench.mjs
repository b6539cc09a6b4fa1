import { join } from 'node:path';
import { bootstrap, root, runCommand } from '../bootstrap.mjs';
import { foreground } from '../foreground.mjs';

/** `npm run bench:speed`, `bench:peers`, `picture`, `data:download`: set-up, then that program of the bench package in this terminal. */
export const main = ([name, ...args]) =>
  runCommand(async () => {
    const { env } = await bootstrap();
    const program = join(root, 'packages', 'bench', 'dist', `${name}.js`);
    return foreground(process.execPath, [program, ...args], { cwd: root, env });
  });
