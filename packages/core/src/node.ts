export { type BootOptions, backendFor, loadBackend } from './backend/boot.ts';
export { backendNames, isSmall, PLAIN_BELOW, type Problem } from './backend/choose.ts';
export { type OpenOptions, openExecutor } from './execution/open-executor.ts';
export { type ThreadsOptions, threads } from './execution/threads.ts';
