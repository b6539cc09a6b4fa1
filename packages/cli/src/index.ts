export * as attention from '@mixtention/attention';
export * as core from '@mixtention/core';
export * as em from '@mixtention/em';
export * as mixture from '@mixtention/mixture';
export * as svi from '@mixtention/svi';
export { type ExitCode, main } from './main.ts';
