import { digamma, lgamma, trigamma } from '@mixtention/core/numeric';
import { gammaSlope } from './gamma-slope.ts';
import { logBeta } from './log-beta.ts';
import { normalLogCdf } from './normal-log-cdf.ts';

type Named = 'lgamma' | 'digamma' | 'trigamma' | 'sigmoid' | 'softplus' | 'normalLogCdf' | 'gammaSlope' | 'logBeta';

/** Functions that emitted code calls by name; the interpreter calls the same. */
export const functions: { readonly [name in Named]: (a: number, b: number) => number } = {
  lgamma,
  digamma,
  trigamma,
  sigmoid: (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  softplus: (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))),
  normalLogCdf,
  gammaSlope,
  logBeta,
};

/** One operation on numbers: how it is written as JavaScript, and the same as a function. */
export type Elementwise = {
  readonly arity: 1 | 2 | 3;
  readonly write: (a: string, b: string, c: string) => string;
  readonly apply: (a: number, b: number, c: number) => number;
};

const unary = (write: (a: string) => string, apply: (a: number) => number): Elementwise => ({ arity: 1, write, apply });
const binary = (write: (a: string, b: string) => string, apply: (a: number, b: number) => number): Elementwise => ({
  arity: 2,
  write,
  apply,
});
const math = (
  name: 'exp' | 'log' | 'log1p' | 'expm1' | 'sqrt' | 'abs' | 'sign' | 'tanh' | 'sin' | 'cos' | 'atan' | 'floor',
): Elementwise => unary((a) => `Math.${name}(${a})`, Math[name]);
const own = (name: Named): Elementwise =>
  name === 'gammaSlope' || name === 'logBeta'
    ? binary((a, b) => `F.${name}(${a},${b})`, functions[name])
    : unary(
        (a) => `F.${name}(${a},0)`,
        (a) => functions[name](a, 0),
      );

/** Every operation that works number by number. Writer and function do the same arithmetic, so that both executors give the same bits. */
export const elementwise: { readonly [op: string]: Elementwise } = {
  add: binary(
    (a, b) => `${a}+${b}`,
    (a, b) => a + b,
  ),
  sub: binary(
    (a, b) => `${a}-${b}`,
    (a, b) => a - b,
  ),
  mul: binary(
    (a, b) => `${a}*${b}`,
    (a, b) => a * b,
  ),
  div: binary(
    (a, b) => `${a}/${b}`,
    (a, b) => a / b,
  ),
  pow: binary(
    (a, b) => `Math.pow(${a},${b})`,
    (a, b) => a ** b,
  ),
  maximum: binary(
    (a, b) => `Math.max(${a},${b})`,
    (a, b) => Math.max(a, b),
  ),
  minimum: binary(
    (a, b) => `Math.min(${a},${b})`,
    (a, b) => Math.min(a, b),
  ),
  less: binary(
    (a, b) => `(${a}<${b}?1:0)`,
    (a, b) => (a < b ? 1 : 0),
  ),
  equal: binary(
    (a, b) => `(${a}===${b}?1:0)`,
    (a, b) => (a === b ? 1 : 0),
  ),
  where: { arity: 3, write: (a, b, c) => `(${a}!==0?${b}:${c})`, apply: (a, b, c) => (a !== 0 ? b : c) },
  neg: unary(
    (a) => `-${a}`,
    (a) => -a,
  ),
  exp: math('exp'),
  log: math('log'),
  log1p: math('log1p'),
  expm1: math('expm1'),
  sqrt: math('sqrt'),
  abs: math('abs'),
  sign: math('sign'),
  tanh: math('tanh'),
  sin: math('sin'),
  cos: math('cos'),
  atan: math('atan'),
  floor: math('floor'),
  lgamma: own('lgamma'),
  digamma: own('digamma'),
  trigamma: own('trigamma'),
  sigmoid: own('sigmoid'),
  softplus: own('softplus'),
  normalLogCdf: own('normalLogCdf'),
  gammaSlope: own('gammaSlope'),
  logBeta: own('logBeta'),
  /** The value, without its gradient. */
  hold: unary(
    (a) => a,
    (a) => a,
  ),
};
