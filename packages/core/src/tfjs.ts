export { tfjsBackend, type Tf } from './backend/tfjs.ts';
