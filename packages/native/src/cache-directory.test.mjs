import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { cacheDirectory } from './cache-directory.mjs';

const HOME = join('/', 'home', 'someone');

test('the cache is where each platform keeps such things', () => {
  assert.equal(cacheDirectory({}, 'linux', HOME), join(HOME, '.cache', 'mixtention'));
  assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/xdg' }, 'linux', HOME), join('/xdg', 'mixtention'));
  assert.equal(cacheDirectory({}, 'darwin', HOME), join(HOME, 'Library', 'Caches', 'mixtention'));
  assert.equal(cacheDirectory({ LOCALAPPDATA: '/local' }, 'win32', HOME), join('/local', 'mixtention'));
  assert.equal(cacheDirectory({}, 'win32', HOME), join(HOME, 'AppData', 'Local', 'mixtention'));
});

test('MIXTENTION_CACHE overrides all of them and may be relative', () => {
  for (const platform of ['linux', 'darwin', 'win32']) {
    const env = { MIXTENTION_CACHE: 'here', XDG_CACHE_HOME: '/xdg', LOCALAPPDATA: '/local' };
    assert.equal(cacheDirectory(env, platform, HOME), resolve('here'));
  }
});
