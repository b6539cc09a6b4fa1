import { runCommand } from '../bootstrap.mjs';
import { runBenchTask } from '../package-tasks.mjs';

/** What the main job takes; it says itself what is wrong with a number, but nothing is set up for one that is none. */
const FLAGS = { '--components': /^[1-9]\d*$/, '--logit-scale': /^\+?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i };

/** `npm start`: set-up, then the main job as a turbo task. */
export const main = (args) => runCommand(() => runBenchTask('main-job', args, FLAGS));
