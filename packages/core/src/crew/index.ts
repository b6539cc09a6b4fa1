/** Workers of one executor, be they threads of Node or workers of a page: who does what of a pass, and what becomes of it when one is lost. */

export { crewExecutor } from './crew-executor.ts';
export { handleTasks } from './handle-tasks.ts';
export { modulesOf } from './modules-of.ts';
export type { Posted, Slot, Told } from './protocol.ts';
