export { loadBackend, type BootOptions } from './backend/boot.ts';
export { backendNames, isSmall, PLAIN_BELOW, type Problem } from './backend/choose.ts';
export { openExecutor, type OpenOptions } from './execution/open-executor.ts';
export { threads, type ThreadsOptions } from './execution/threads.ts';
