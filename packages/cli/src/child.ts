import { interruptible } from './interrupt.ts';

// What cannot be written is dealt with where it is written; without a handler Node would end the process with a stack trace.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await interruptible(async (signal) => {
  // Loaded last, so that Ctrl-C is heard from the start.
  const { main } = await import('./main.ts');
  return main(process.argv.slice(2), signal);
});
