/** Suites that every backend, family, algorithm and executor meets; for vitest. */

export { type AlgorithmSuiteOptions, algorithmRows, testAlgorithm, testAlgorithms } from './algorithm.ts';
export { type AlgorithmConformance, algorithmSubject, type ConformanceProblem } from './algorithm-subject.ts';
export { type BackendSuiteOptions, testBackend } from './backend.ts';
export { type Discovered, discover } from './discover.ts';
export { type ExecutorSuiteOptions, testExecutor } from './executor.ts';
export { type FamilyExample, type FamilySuiteOptions, familyRows, testFamily } from './family.ts';
export type { FamilyFixture } from './family-fixture.ts';
export { familyProblem, readRows } from './family-problem.ts';
export type { Row, Skip } from './rows.ts';
