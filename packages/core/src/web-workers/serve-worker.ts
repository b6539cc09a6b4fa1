import { plain } from '../backends/plain.ts';
import { wasm } from '../backends/wasm.ts';
import type { Backend, BackendName, Spec } from '../contracts/index.ts';
import { handleTasks, modulesOf, type Posted } from '../crew/index.ts';
import type { Tables } from '../loop/spec.ts';

/** Where tasks come from and answers go: the global object of a worker. */
export type WorkerScope = {
  addEventListener(type: 'message', listener: (event: MessageEvent<Posted>) => void): void;
  postMessage(answer: unknown): void;
};

/**
 * What the script of a worker does for `webWorkers`: works off the tasks of its page.
 *
 * @param modules  exports by the name that specs have for their module; what is not here is imported by its URL
 *
 * @example
 * import * as em from '@mixtention/em';
 * import * as mixture from '@mixtention/mixture';
 * serveWorker({ '@mixtention/em': em, '@mixtention/mixture': mixture });
 */
export function serveWorker(
  modules: { readonly [module: string]: Tables },
  scope: WorkerScope = globalThis as unknown as WorkerScope,
): void {
  const handle = handleTasks({ backend: backendHere, modules: (spec) => modulesHere(spec, modules) });
  scope.addEventListener('message', ({ data }) => void handle(data).then((answer) => scope.postMessage(answer)));
}

function backendHere(name: BackendName): Backend {
  return name === 'plain' ? plain : wasm();
}

async function modulesHere(
  spec: Spec,
  given: { readonly [module: string]: Tables },
): Promise<{ readonly [module: string]: Tables }> {
  const found = modulesOf(spec).map(async (name): Promise<[string, Tables]> => {
    // A bundler must leave it alone: its name is known in the page only.
    return [name, given[name] ?? ((await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Tables)];
  });
  return Object.fromEntries(await Promise.all(found));
}
