import { handleTasks, type Posted, type Told } from '../crew/index.ts';
import { loadBackend } from './load-backend.ts';
import { importModules } from './locate.ts';

/** What Piscina calls with each task. */
const handle: (task: Posted) => Promise<Told> = handleTasks({
  backend: loadBackend,
  modules: importModules,
});

export default handle;
