import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpNative } from '@mixtention/native';
import { Command } from 'commander';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../print.ts';

/** Where this package lies: the tfjs-node that it would load is the one to set up. */
export const packageRoot: string = dirname(fileURLToPath(import.meta.url));

type Flags = { force?: boolean; retry?: boolean; verify?: boolean; vendorInstaller?: boolean; json?: boolean };

/** `mixtention setup-native`: build or link the native TensorFlow addon; never fails, says what is used instead. */
export function setUpNativeCommand(signal: AbortSignal): Command {
  return new Command('setup-native')
    .description(
      'Set up the native TensorFlow backend, from the cache or the TensorFlow wheel; pinned hashes are checked first.',
    )
    .option('--force', 'build anew, whatever there is')
    .option('--retry', 'try again although it failed within the last day')
    .option('--verify', 'hash the cached files')
    .option('--vendor-installer', 'if nothing else works, run tfjs-node’s own installer, which checks no hashes')
    .addOption(jsonOption())
    .action(async (flags: Flags) => {
      const { json, ...options } = flags;
      const report = await setUpNative({
        ...options,
        root: packageRoot,
        signal,
        log: (line) => process.stderr.write(`${line}\n`),
      });
      await (json ? printJson(report) : print(`${report.sentence}\n`));
    });
}
