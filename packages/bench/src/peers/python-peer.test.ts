import { expect, test } from 'vitest';
import { startPython } from './python-peer.ts';

const setting = { folder: '/no/such/folder', threads: 2 };

test('a Python that is not there is told by its path', async () => {
  const starting = startPython('/no/such/python', { script: 'serve.py', ...setting });
  await expect(starting).rejects.toMatchObject({
    code: 'PEER_UNAVAILABLE',
    message: '[bench] peers: serve.py gave no answer: spawn /no/such/python ENOENT',
  });
});

test('a script that ends before it answers is told by the last line of its complaint', async () => {
  // Any program that ends with a word on stderr; Node is here for certain.
  const starting = startPython(process.execPath, { script: 'no-such-script.py', ...setting });
  await expect(starting).rejects.toMatchObject({
    code: 'PEER_UNAVAILABLE',
    message: expect.stringMatching(/^\[bench\] peers: no-such-script\.py gave no answer: Node\.js v/),
  });
});
