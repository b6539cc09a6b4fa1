import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { repository } from '../repository.ts';

/** A module as bundlers make it for pages, of the packages as they are built. */
export async function bundleForPages(
  contents: string,
): Promise<{ readonly text: string; readonly metafile: BuildResult<{ metafile: true }>['metafile'] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: join(repository, 'packages/bench') },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    absWorkingDir: repository,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return { text: outputFiles[0]!.text, metafile };
}

/** What a module in Node exports, of the same text. */
export const importText = (text: string): Promise<unknown> =>
  import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);

/**
 * Serves scripts beside three empty pages: shared memory is there for those in `isolated` only, not for those in `ordinary`. Those in `strict` may make no code of text, neither JavaScript nor WebAssembly, and begin
 * with the script `page.js`: what a debugger evaluates is not held to that.
 *
 * @param scripts  by name
 */
export async function serve(scripts: {
  readonly [name: string]: string;
}): Promise<{ server: Server; address: string }> {
  const server = createServer(({ url }, response) => {
    const [, kind, name] = /^\/(\w+)\/(.*)$/.exec(url ?? '') ?? [];
    if (kind === 'isolated') {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    if (kind === 'strict') response.setHeader('Content-Security-Policy', "default-src 'self'");
    const begin = kind === 'strict' ? '<script type="module" src="./page.js"></script>' : '';
    const script = scripts[name ?? ''];
    response.setHeader('Content-Type', script === undefined ? 'text/html; charset=utf-8' : 'text/javascript');
    response.end(script ?? `<!doctype html><title>mixtention</title>${begin}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
