#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { supervise } from './supervise.ts';

// This process only listens: it hears Ctrl-C also while the one that works is busy for minutes.
process.exitCode = await supervise(fileURLToPath(new URL('./child.js', import.meta.url)), process.argv.slice(2));
