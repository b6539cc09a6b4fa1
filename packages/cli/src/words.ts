/** Options of the packages that are options of the command line too. */
const OPTIONS = ['maxIterations', 'learningRate', 'maxBytes'];

/**
 * A message of the packages in the words of the command line: its options, and no name of a function.
 *
 * @example
 * inWords('[em] fit: raise maxIterations'); // 'raise --max-iterations'
 */
export function inWords(message: string): string {
  return message
    .replace(/^\[[\w-]+\] [\w-]+(?:: |, (?=head \d))/, '')
    .replace('raise maxIterations or the budget', 'raise maxIterations')
    .replace('the options exclude and id', '--exclude and --id')
    .replace('leave it out, or read it as the id', 'leave it out with --exclude, or keep it as --id')
    .replace(/leave (it|them) out$|leave (it|them) out(?=;)/, (text) => `${text} with --exclude`)
    .replaceAll(/\bthe option (\w+)\b/g, (_, name: string) => flag(name))
    .replace(/\bits options\.(\w+)(?= is )/, (_, name: string) => `its ${flag(name)}`)
    .replaceAll(new RegExp(`\\b(${OPTIONS.join('|')})\\b`, 'g'), flag)
    .replaceAll(/\brun on the plain (float64 )?backend\b/g, 'run with --backend plain')
    .replaceAll(/\bprecision (?=auto or float64|is float32)/g, '--precision ')
    .replaceAll('a higher floor', 'a higher --floor')
    .replaceAll('prior.family.', 'the prior\u2019s ');
}

function flag(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
