import { MixtentionError } from '@mixtention/core';
import { errorFrom } from '@mixtention/core/base';
import { printable } from '@mixtention/files';
import { Command, CommanderError } from 'commander';
import { completeCommand } from './commands/complete.ts';
import { doctorCommand } from './commands/doctor.ts';
import { fitCommand, type Interruption } from './commands/fit.ts';
import { predictCommand } from './commands/predict.ts';
import { selectCommand } from './commands/select.ts';
import { setUpNativeCommand } from './commands/setup-native.ts';
import { viCommand } from './commands/vi.ts';
import { xrayCommand } from './commands/xray.ts';
import { version } from './version.ts';
import { inWords } from './words.ts';

/** Exit codes: 0 done, 1 something unforeseen, 2 usage or input, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/**
 * Runs the command line and returns the exit code; every failure is one sentence on stderr (a stack trace with `--debug`).
 *
 * @param argv    words after the program's name
 * @param signal  cancels the work; a fit gives the best so far, with exit code 130
 *
 * @example
 * await writeFileAtomic('rows.csv', '1\n2\n10\n11\n');
 * const exitCode = await main(['fit', 'rows.csv', '--components', '2', '--json']); // 0
 */
export async function main(
  argv: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<ExitCode> {
  try {
    signal.throwIfAborted();
    let isStopped = false;
    const onStopped = (): void => {
      isStopped = true;
    };
    await program({ signal, onStopped }).parseAsync([...argv], { from: 'user' });
    return isStopped ? 130 : 0;
  } catch (error) {
    return report(error, signal, argv.includes('--debug'));
  }
}

function program({ signal, onStopped }: Interruption): Command {
  const root = new Command('mixtention')
    .description('Mixture models, variational inference and attention as one thing.')
    .version(version, '-V, --version', 'print the version')
    .option('--debug', 'show the stack trace of an error')
    .showHelpAfterError(false)
    .enablePositionalOptions()
    .exitOverride()
    // Errors are printed once, by report().
    .configureOutput({ outputError: () => {} });
  for (const command of [
    fitCommand({ signal, onStopped }),
    selectCommand({ signal, onStopped }),
    predictCommand(signal),
    completeCommand(signal),
    xrayCommand(),
    viCommand({ signal, onStopped }),
    doctorCommand(signal),
    setUpNativeCommand(signal),
  ]) {
    command.option('--debug', 'show the stack trace of an error').copyInheritedSettings(root);
    root.addCommand(command);
  }
  return root;
}

function report(error: unknown, signal: AbortSignal, debug: boolean): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // Without a command commander has shown the help already.
  if (error instanceof CommanderError && error.code === 'commander.help') return 2;
  const { message, stack } = errorFrom(error);
  const sentence = signal.aborted ? 'interrupted' : inWords(message.replace(/^error: /, '').replaceAll('\n', ' '));
  process.stderr.write(`mixtention: ${debug ? stack : printable(sentence)}\n`);
  if (signal.aborted) return 130;
  return error instanceof CommanderError || error instanceof MixtentionError ? 2 : 1;
}
