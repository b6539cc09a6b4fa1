import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpKernel, setUpTfjsNode } from '@mixtention/native';
import { Command } from 'commander';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../print.ts';

/** Where this package lies: the tfjs-node that it would load is the one to set up. */
export const packageRoot: string = dirname(fileURLToPath(import.meta.url));

type Flags = { force?: boolean; retry?: boolean; verify?: boolean; vendorInstaller?: boolean; json?: boolean };

/** `mixtention setup-native`: compile the native kernel, build or link the addon of tfjs-node; never fails, says what is used instead. */
export function setUpNativeCommand(signal: AbortSignal): Command {
  return new Command('setup-native')
    .description(
      'Set up the native kernel, and tfjs-node where it is installed: from the cache or the TensorFlow wheel, whose pinned hashes are checked first.',
    )
    .option('--force', 'build anew, whatever there is')
    .option('--retry', 'try again although it failed within the last day')
    .option('--verify', 'hash the cached files')
    .option('--vendor-installer', 'if nothing else works, run tfjs-node’s own installer, which checks no hashes')
    .addOption(jsonOption())
    .action(async (flags: Flags) => {
      const { json, ...options } = flags;
      const context = {
        ...options,
        root: packageRoot,
        signal,
        log: (line: string) => process.stderr.write(`${line}\n`),
      };
      const native = await setUpKernel(context);
      const tfjsNode = await setUpTfjsNode(context);
      await (json ? printJson({ native, tfjsNode }) : print(`${native.sentence}\n${tfjsNode.sentence}\n`));
    });
}
