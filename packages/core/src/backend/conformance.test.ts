import { testBackend } from '../conformance/backend.ts';
import { plain } from './plain.ts';

testBackend('plain', () => plain);
