import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The copy of `@tensorflow/tfjs-node` that code in `root` would import, and where it expects its addon; undefined when there is none.
 *
 * @param {string} root
 * @returns {Promise<TfjsNode | undefined>}
 * @typedef {{ folder: string, version: string, addonPath: string, libraryFolder: string }} TfjsNode
 */
export async function findTfjsNode(root) {
  const path = locate(root);
  if (path === undefined) return undefined;
  const { version, binary } = JSON.parse(await readFile(path, 'utf8'));
  const folder = await realpath(dirname(path));
  return {
    folder,
    version,
    addonPath: join(
      folder,
      binary.module_path.replace('{napi_build_version}', napiVersion(binary.napi_versions)),
      'tfjs_binding.node',
    ),
    libraryFolder: join(folder, 'deps', 'lib'),
  };
}

function locate(root) {
  try {
    return createRequire(join(root, 'resolve.js')).resolve('@tensorflow/tfjs-node/package.json');
  } catch {
    return undefined;
  }
}

/** node-pre-gyp takes the newest of the package's N-API versions that this Node knows. */
function napiVersion(supported) {
  return String(Math.max(...supported.map(Number).filter((version) => version <= Number(process.versions.napi))));
}
