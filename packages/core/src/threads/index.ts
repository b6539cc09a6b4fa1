/** Node: worker threads, and backends by name. */

export { backendNames } from '../backends/choose.ts';
export { loadAddon } from './load-addon.ts';
export { type BootOptions, backendFor, loadBackend } from './load-backend.ts';
export { importModules, locate } from './locate.ts';
export { type OpenOptions, openExecutor } from './open-executor.ts';
export { type ThreadsOptions, threads } from './threads.ts';
