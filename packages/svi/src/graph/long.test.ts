import { expect, test } from 'vitest';
import { add, compile, differentiate, exp, input, logSumExp, mul, sub, sum, take, type Value, value } from './index.ts';

test('a program too long for one function has the bits of the interpreter, and the value of the sum by hand', () => {
  const [T, K] = [120, 3];
  const [logits, scale] = [input('logits', [K]), input('scale', [])];
  let filtered: Value = logits;
  let level: Value = scale;
  for (let t = 0; t < T; t++) {
    level = add(mul(0.9, level), mul(0.1, exp(sub(take(filtered, t % K), level))));
    filtered = sub(add(filtered, mul(scale, Math.sin(t))), add(logSumExp(filtered), mul(0.01, level)));
  }
  const total = add(sum(filtered), level);
  const outputs = (['emitted', 'interpreted'] as const).map((execution) => {
    const program = compile([total, ...differentiate(total, [logits, scale])], [logits, scale], { execution });
    program.inputs.set([0.3, -0.2, 0.1, 0.5]);
    for (let i = 0; i < 2; i++) program.run();
    return program.outputs;
  });
  expect(outputs[0]).toEqual(outputs[1]);
  let [a, b] = [[0.3, -0.2, 0.1], 0.5];
  for (let t = 0; t < T; t++) {
    b = 0.9 * b + 0.1 * Math.exp(a[t % K]! - b);
    const shift = Math.log(a.reduce((s, v) => s + Math.exp(v), 0)) + 0.01 * b;
    a = a.map((v) => v + 0.5 * Math.sin(t) - shift);
  }
  expect(outputs[0]![0]).toBeCloseTo(a.reduce((s, v) => s + v) + b, 9);
});

test('a thousand numbers and more that are handed on', () => {
  const x = input('x', []);
  const terms = Array.from({ length: 1500 }, (_, i) => exp(mul(x, -i / 1500)));
  const total = terms.reduce((s, term) => add(s, term), value(0));
  const program = compile([total, ...differentiate(total, [x])], [x]);
  program.inputs.set([1]);
  program.run();
  const due = terms.map((_, i) => Math.exp(-i / 1500));
  expect(program.outputs[0]).toBeCloseTo(
    due.reduce((s, v) => s + v),
    9,
  );
  expect(program.outputs[1]).toBeCloseTo(
    due.reduce((s, v, i) => s - (v * i) / 1500, 0),
    8,
  );
});
