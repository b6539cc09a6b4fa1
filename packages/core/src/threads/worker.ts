import { type Answer, handleTasks, type Posted, type StartAnswer, type Unknown } from '../crew/index.ts';
import { loadBackend } from './load-backend.ts';
import { importModules } from './locate.ts';

/** What Piscina calls with each task. */
const handle: (task: Posted) => Promise<Answer | StartAnswer | Unknown> = handleTasks({
  backend: loadBackend,
  modules: importModules,
});

export default handle;
