import { type Answer, handleTasks, type StartAnswer, type Task } from '../crew/index.ts';
import { loadBackend } from './load-backend.ts';
import { importModules } from './locate.ts';

/** What Piscina calls with each task. */
const handle: (task: Task) => Promise<Answer | StartAnswer> = handleTasks({
  backend: loadBackend,
  modules: importModules,
});

export default handle;
