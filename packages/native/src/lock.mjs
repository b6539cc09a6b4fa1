import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 5_000;
const STALE_MS = 60_000; // twelve missed heartbeats
const POLL_MS = 250;

/**
 * Run a task while holding a lock file, so that two processes never do it at once.
 *
 * The holder touches the file every five seconds. A lock is stale when its process is gone (same host) or when it
 * has not been touched for a minute (another host or container); a stale lock is taken over.
 *
 * @template T
 * @param {string} path the lock file; its folder is made
 * @param {() => Promise<T>} task
 * @param {{ signal?: AbortSignal, onWait?: (holder: { pid: number }) => void, staleMs?: number, waitMs?: number }} [options]
 * @returns {Promise<T>}
 * @throws {Error} when another process holds the lock for longer than `waitMs` (default half an hour)
 */
export async function withLock(path, task, { signal, onWait, staleMs = STALE_MS, waitMs = 30 * 60_000 } = {}) {
  await mkdir(dirname(path), { recursive: true });
  const me = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  await acquire(path, me, { signal, onWait, staleMs, waitMs });
  const heartbeat = setInterval(() => touch(path, me), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    if ((await contents(path)) === me) await rm(path, { force: true });
  }
}

async function acquire(path, me, { signal, onWait, staleMs, waitMs }) {
  const since = performance.now();
  let told = false;
  while (!(await create(path, me))) {
    const holder = await contents(path);
    if (holder === undefined) continue;
    if (await isStale(path, holder, staleMs)) {
      await takeAway(path, holder);
      continue;
    }
    if (!told) onWait?.(parse(holder));
    told = true;
    if (performance.now() - since > waitMs)
      throw new Error(`process ${parse(holder).pid} has held ${path} for too long`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Written aside and linked into place, so that no one ever reads a lock that is half written. */
async function create(path, me) {
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(aside, me);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    return createWithoutLinks(path, me, error);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Some file systems have no hard links; exclusive creation is the next best thing. */
async function createWithoutLinks(path, me, cause) {
  if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EISDIR'].includes(cause.code)) throw cause;
  try {
    await writeFile(path, me, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved, not removed: of two processes that see a stale lock only one can move it, and a wrong catch is put back. */
async function takeAway(path, stale) {
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await contents(aside)) !== stale) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

async function isStale(path, holder, staleMs) {
  const { pid, host } = parse(holder);
  if (host === hostname() && !isAlive(pid)) return true;
  const touched = await stat(path).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs > staleMs;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function touch(path, me) {
  if ((await contents(path)) === me) await utimes(path, new Date(), new Date()).catch(() => {});
}

const contents = (path) => readFile(path, 'utf8').catch(() => undefined);

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { pid: 0, host: '' };
  }
}
