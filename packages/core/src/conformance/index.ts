/** Suites that every backend, family, algorithm and executor meets; for vitest. */

export { type BackendSuiteOptions, testBackend } from './backend.ts';
export { type ExecutorSuiteOptions, testExecutor } from './executor.ts';
export type { Row, Skip } from './rows.ts';
