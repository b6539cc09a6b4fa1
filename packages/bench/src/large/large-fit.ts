import { dataset } from '@mixtention/core/data';
import { type ThreadsOptions, threads } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { openSource } from '@mixtention/files';

/** One fit in a process of its own, whose peak is what is measured: threads are part of it. */
const [path, how, backend] = process.argv.slice(2);
const source = await openSource(path!);
const data = dataset(source, { inMemory: how === 'memory' });
const executor = await threads({ workers: 2, backend: backend as NonNullable<ThreadsOptions['backend']> });
const { logLikelihood, seconds } = await fit(data, {
  components: 8,
  covariance: 'diagonal',
  start: 'random',
  screen: 0,
  maxIterations: 3,
  executor,
});
await executor.close();
console.log(
  JSON.stringify({ backend: executor.backend, bytes: process.resourceUsage().maxRSS * 1024, seconds, logLikelihood }),
);
