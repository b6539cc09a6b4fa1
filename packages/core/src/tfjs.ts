export { type Tf, tfjsBackend } from './backend/tfjs.ts';
