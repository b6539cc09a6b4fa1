export { cacheDirectory } from './cache-directory.mjs';
export { inspectTfjsNode } from './inspect.mjs';
export { inspectKernel } from './inspect-kernel.mjs';
export { setUpTfjsNode } from './set-up.mjs';
export { setUpKernel } from './set-up-kernel.mjs';
