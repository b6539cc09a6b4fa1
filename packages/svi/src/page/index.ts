/** Results as pages that open offline. No `node:` is needed to make them. */

export { type PosteriorPageOptions, posteriorPage } from './posterior-page.ts';
export type { TraceMark } from './trace-chart.ts';
