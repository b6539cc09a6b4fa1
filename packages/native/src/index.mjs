export { cacheDirectory } from './cache-directory.mjs';
export { inspectNative } from './inspect.mjs';
export { inspectKernel } from './inspect-kernel.mjs';
export { setUpNative } from './set-up.mjs';
export { setUpKernel } from './set-up-kernel.mjs';
