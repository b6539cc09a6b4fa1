import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.ts';
import { faultOf } from './testing.ts';

const BODY = Buffer.from('0 1 1 0\n'.repeat(50_000));
const sha256 = createHash('sha256').update(BODY).digest('hex');

const ROUTES: Readonly<Record<string, RequestListener>> = {
  '/good': (_, response) => response.setHeader('content-length', BODY.length).end(BODY),
  '/chunked': (_, response) => {
    response.write(BODY.subarray(0, 1000));
    response.end(BODY.subarray(1000));
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/good' }).end(),
  '/other': (_, response) => response.end('other bytes'),
  '/empty': (_, response) => response.end(),
  '/coded': (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(BODY)),
  '/truncated': (_, response) => {
    response.setHeader('content-length', BODY.length);
    response.write(BODY.subarray(0, 1000), () => response.destroy());
  },
  '/broken': (request) => request.socket.destroy(),
  '/slow': (_, response) => {
    response.setHeader('content-length', BODY.length);
    response.write(BODY.subarray(0, 1000));
  },
  '/endless': (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(BODY));
      response.once('drain', more);
    };
    more();
  },
  '/fault': (_, response) => response.writeHead(503).end('later'),
};

let server: Server;
let folder = '';
let path = '';
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    const route = ROUTES[request.url ?? ''];
    if (route === undefined) response.writeHead(404).end('not here');
    else route(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixtention-download-'));
  path = join(folder, 'digits.amat');
  requests = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const address = (route: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${route}`;

describe('download', () => {
  it.each(['/good', '/chunked', '/moved', '/coded'])('keeps the file of %s, whose hash is right', async (route) => {
    expect(await download(address(route), path, { sha256: sha256.toUpperCase() })).toBe('fetched');
    expect((await readFile(path)).equals(BODY)).toBe(true);
    expect(await readdir(folder)).toEqual(['digits.amat']);
  });

  it('fetches nothing when the file is there, and fetches it when another file is', async () => {
    await writeFile(path, BODY);
    expect(await download(address('/good'), path, { sha256 })).toBe('present');
    expect(requests).toBe(0);
    await writeFile(path, 'other');
    expect(await download(address('/good'), path, { sha256 })).toBe('fetched');
    expect((await readFile(path)).equals(BODY)).toBe(true);
  });

  it('tells how far it is, and the whole where the server tells it', async () => {
    const progress: (readonly [number, number | null])[] = [];
    await download(address('/good'), path, {
      sha256,
      onProgress: (received, total) => progress.push([received, total]),
    });
    expect(progress.at(-1)).toEqual([BODY.length, BODY.length]);
    expect(progress.every(([received], i) => received > (progress[i - 1]?.[0] ?? 0))).toBe(true);
    await download(address('/chunked'), join(folder, 'b'), { sha256, onProgress: (...step) => progress.push(step) });
    expect(progress.at(-1)).toEqual([BODY.length, null]);
  });

  it.each([
    ['/other', 'HASH', /came with SHA-256 [0-9a-f]{64}, [0-9a-f]{64} was due; nothing was kept$/],
    ['/empty', 'HASH', /came with SHA-256 e3b0c442/],
    ['/missing', 'DOWNLOAD', /: the server answered 404 Not Found$/],
    ['/fault', 'DOWNLOAD', /: the server answered 503 Service Unavailable$/],
    ['/truncated', 'DOWNLOAD', /: could not be fetched whole \(.+\)$/],
    ['/broken', 'DOWNLOAD', /: could not be fetched whole \(.+\)$/],
    ['/endless', 'TOO_LARGE', /: is larger than 1,000,000 bytes, the most that is taken$/],
  ] as const)('keeps the old file when %s fails, and nothing beside it', async (route, code, sentence) => {
    await writeFile(path, 'old');
    const fault = await faultOf(() => download(address(route), path, { sha256, maxBytes: 1e6 }));
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(sentence);
    expect(fault.message).toContain(address(route));
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['digits.amat']);
  });

  it('refuses by the announced length before a byte of it is taken', async () => {
    const steps: number[] = [];
    const options = { sha256, maxBytes: 1000, onProgress: (received: number) => steps.push(received) };
    expect((await faultOf(() => download(address('/slow'), path, options))).code).toBe('TOO_LARGE');
    expect(steps).toEqual([]);
  });

  it('stops at once when told to, and leaves nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const options = { sha256, signal: controller.signal, onProgress: () => controller.abort(reason) };
    await expect(download(address('/slow'), path, options)).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
    await expect(download(address('/good'), path, options)).rejects.toBe(reason);
  });

  it('says so when nobody answers', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const fault = await faultOf(() => download(`http://127.0.0.1:${port}/`, path, { sha256 }));
    expect(fault.code).toBe('DOWNLOAD');
  });

  it('refuses other schemes, and a hash that is none', async () => {
    expect((await faultOf(() => download('data:text/plain,x', path, { sha256 }))).code).toBe('UNSUPPORTED');
    expect((await faultOf(() => download('file:///etc/hostname', path, { sha256 }))).code).toBe('UNSUPPORTED');
    await expect(download(address('/good'), path, { sha256: 'abc' })).rejects.toThrow(
      '[files] download: sha256 is no hash',
    );
  });
});
