import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from './hash-file.mjs';

const NAME = 'manifest.json';

/**
 * Write down what a folder of the cache holds: versions, and of each file its size, time and SHA-256.
 *
 * @param {string} folder
 * @param {readonly { name: string, sha256?: string }[]} files with a hash where one is due
 * @param {Record<string, string>} versions
 * @param {AbortSignal} [signal]
 * @returns {Promise<Manifest>}
 * @throws {Error} when a file is not the one that was due
 * @typedef {{ versions: Record<string, string>, files: { name: string, bytes: number, mtimeMs: number, sha256: string }[] }} Manifest
 */
export async function writeManifest(folder, files, versions, signal) {
  const entries = [];
  for (const { name, sha256 } of files) {
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    const found = await hashFile(path, signal);
    if (sha256 !== undefined && found !== sha256)
      throw new Error(`${name} is not the pinned file: its SHA-256 does not match`);
    entries.push({ name, bytes: size, mtimeMs, sha256: found });
  }
  const manifest = { versions, files: entries };
  await save(folder, manifest);
  return manifest;
}

/**
 * Whether a folder of the cache still holds what its manifest says.
 *
 * The quick check compares sizes and times (hashing 850 MB at each start is too slow); a file whose time alone has changed,
 * as in a copied cache, is hashed and its new time written down. The full check hashes every file.
 *
 * @param {string} folder
 * @param {{ full?: boolean, signal?: AbortSignal }} [options]
 * @returns {Promise<{ ok: true, manifest: Manifest } | { ok: false, reason: string }>}
 */
export async function checkManifest(folder, { full = false, signal } = {}) {
  const manifest = await readManifest(folder);
  if (manifest === undefined) return { ok: false, reason: 'there is no manifest' };
  let changed = false;
  for (const entry of manifest.files) {
    const path = join(folder, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return { ok: false, reason: `${entry.name} is missing` };
    if (found.size !== entry.bytes)
      return { ok: false, reason: `${entry.name} has ${found.size} bytes instead of ${entry.bytes}` };
    if (!full && found.mtimeMs === entry.mtimeMs) continue;
    if ((await hashFile(path, signal)) !== entry.sha256)
      return { ok: false, reason: `${entry.name} is damaged: its SHA-256 does not match` };
    changed ||= found.mtimeMs !== entry.mtimeMs;
    entry.mtimeMs = found.mtimeMs;
  }
  if (changed) await save(folder, manifest).catch(() => {}); // a read-only cache stays usable
  return { ok: true, manifest };
}

/** @returns {Promise<Manifest | undefined>} */
async function readManifest(folder) {
  try {
    const manifest = JSON.parse(await readFile(join(folder, NAME), 'utf8'));
    return Array.isArray(manifest.files) && manifest.files.length > 0 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

async function save(folder, manifest) {
  const aside = join(folder, `${NAME}.${process.pid}`);
  await writeFile(aside, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(aside, join(folder, NAME));
}
