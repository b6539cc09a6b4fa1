import { isNodeNewEnough } from './node-version.mjs';

if (isNodeNewEnough()) void import('./commands/bench.mjs').then((command) => command.main(process.argv.slice(2)));
