import { build } from '../../tsup.base.ts';

export default build(
  { index: 'src/index.ts', speed: 'src/speed/speed.ts', peers: 'src/peers/peers.ts' },
  { platform: 'node' },
);
