import { createRequire } from 'node:module';
import { largerThanTiny } from '../backends/float64.ts';
import { fail } from '../base/errors.ts';
import type { Backend } from '../contracts/index.ts';
import { addonBackend } from '../fused/addon.ts';
import { type Addon, FORMAT } from '../fused/addon-machine.ts';
import { isWhole } from './is-whole.ts';

const require = createRequire(import.meta.url);

/**
 * The kernel as native code, float32, with its float64 twin for the passes that need it.
 *
 * @throws as `loadAddon` and `addonBackend`
 */
export function loadNative(): Backend {
  const addon = loadAddon();
  const exact = largerThanTiny('native', () => addonBackend(addon, { precision: 'float64' }));
  return { ...addonBackend(addon), exact };
}

/**
 * Loads the native kernel: the package of this platform, or what the set-up compiled in its place.
 *
 * Loaded once a thread; Node unloads it when the last thread that did so has ended.
 *
 * @throws BACKEND_UNAVAILABLE with the reason and what to do
 *
 * @example
 * const { sets } = loadAddon(); // on a processor that has all of them: { avx512: 64, avx2: 32, portable: 16 }
 */
export function loadAddon(): Addon {
  if (process.env.MIXTENTION_NATIVE === 'off') unavailable('is switched off by MIXTENTION_NATIVE=off');
  const name = packagesOfPlatform().find(isInstalled);
  if (name === undefined)
    unavailable(
      `is not installed (${packagesOfPlatform().join(' or ')}); compile it with "npx mixtention setup-native"`,
    );
  let addon: Addon;
  if (!isWhole(require.resolve(name)))
    unavailable(`is cut short (${require.resolve(name)}); install or compile it again`);
  try {
    addon = require(name) as Addon;
  } catch (cause) {
    return unavailable(`does not load (${(cause as Error).message.split('\n')[0]})`, cause);
  }
  if (addon.format !== FORMAT)
    unavailable(`was built for another version of mixtention; compile it with "npx mixtention setup-native"`);
  return addon;
}

function unavailable(what: string, cause?: unknown): never {
  fail('core/loadAddon', 'BACKEND_UNAVAILABLE', `the native kernel ${what}`, cause);
}

/** Where Linux has two C libraries, npm installs the package of the one that is there. */
function packagesOfPlatform(): readonly string[] {
  const name = `@mixtention/native-${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${name}-gnu`, `${name}-musl`] : [name];
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
