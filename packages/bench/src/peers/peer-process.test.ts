import { expect, test } from 'vitest';
import { startPeer } from './peer-process.ts';

test('a program that is not there is told by its path', async () => {
  const starting = startPeer('serve.py', ['/no/such/python', 'serve.py'], { threads: 2 });
  await expect(starting).rejects.toMatchObject({
    code: 'PEER_UNAVAILABLE',
    message: '[bench] peers: serve.py gave no answer: spawn /no/such/python ENOENT',
  });
});

test('a program that ends before it answers is told by the last line of its complaint', async () => {
  // Any program that ends with a word on stderr; Node is here for certain.
  const starting = startPeer('no-such-script.py', [process.execPath, '/no/such/script.mjs'], { threads: 2 });
  await expect(starting).rejects.toMatchObject({
    code: 'PEER_UNAVAILABLE',
    message: expect.stringMatching(/^\[bench\] peers: no-such-script\.py gave no answer: Node\.js v/),
  });
});
