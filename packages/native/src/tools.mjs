import { findProgram } from './find-program.mjs';
import { run } from './run.mjs';

/**
 * A way to call pip: `[program, ...arguments]`, from `PYTHON`, python3, python or pip itself; undefined when there is none.
 *
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ command: string[], version: string } | undefined>}
 */
export async function findPip({ env = process.env, signal } = {}) {
  const pythons = [env.PYTHON, 'python3', 'python'].filter(Boolean);
  const ways = [
    ...pythons.map((name) => ({ program: findProgram([name], env), args: ['-m', 'pip'] })),
    ...['pip3', 'pip'].map((name) => ({ program: findProgram([name], env), args: [] })),
  ];
  for (const { program, args } of ways) {
    if (program === undefined) continue;
    const answer = await run(program, [...args, '--version'], { env, signal, timeoutMs: 60_000 });
    const version = /^pip ([\d.]+)/m.exec(answer.stdout)?.[1];
    if (answer.code === 0 && version !== undefined) return { command: [program, ...args], version };
  }
  return undefined;
}

/**
 * A C++ compiler: `CXX` (which may carry arguments, as in `ccache g++`), g++, c++ or clang++; undefined when there is none.
 *
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ command: string[], version: string } | undefined>}
 */
export async function findCompiler({ env = process.env, signal } = {}) {
  const wishes = [(env.CXX ?? '').split(' ').filter(Boolean), ['g++'], ['c++'], ['clang++']];
  for (const [name, ...args] of wishes) {
    const program = name === undefined ? undefined : findProgram([name], env);
    if (program === undefined) continue;
    const answer = await run(program, [...args, '--version'], { env, signal, timeoutMs: 60_000 });
    if (answer.code === 0) return { command: [program, ...args], version: answer.stdout.split('\n')[0].trim() };
  }
  return undefined;
}
