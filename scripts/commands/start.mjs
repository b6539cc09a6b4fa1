import { bootstrap, root, runCommand } from '../bootstrap.mjs';
import { foreground } from '../foreground.mjs';
import { turboRun } from '../turbo.mjs';

/**
 * `npm start`: set-up, then the main job as a turbo task; arguments after `--` go to the job.
 *
 * turbo hands a task no terminal but passes whole lines on at once, so the job is told the width of ours in `MIXTENTION_TERMINAL` and
 * may redraw lines that end in a newline.
 */
export const main = (args) =>
  runCommand(async () => {
    const { env } = await bootstrap();
    const terminal = process.stdout.isTTY ? { MIXTENTION_TERMINAL: String(process.stdout.columns || 80) } : {};
    const manner = ['--filter=@mixtention/bench', '--only', '--log-prefix=none', '--env-mode=loose'];
    const task = ['main-job', ...manner, ...(args.length > 0 ? ['--', ...args] : [])];
    return foreground(...turboRun(root, task), { cwd: root, env: { ...env, ...terminal } });
  });
