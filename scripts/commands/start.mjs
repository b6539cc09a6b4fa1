import { runCommand } from '../bootstrap.mjs';
import { runBenchTask } from '../package-tasks.mjs';

/** `npm start`: set-up, then the main job as a turbo task. */
export const main = (args) => runCommand(() => runBenchTask('main-job', args));
