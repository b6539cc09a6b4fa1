import { expect, test } from 'vitest';
import { isSameName, namesOf, specOf, textOf } from '../base/specs.ts';
import { decodeTree, encodeTree } from '../base/tree.ts';
import type { Spec, Specified, Tree } from '../contracts/index.ts';
import { build, buildNamed, type Tables } from './spec.ts';

type Made = Specified & { readonly config: { readonly [name: string]: unknown } | null };

const make =
  (kind: Spec['kind'], name: string, module: string) =>
  (config: Made['config']): Made => ({
    spec: { kind, name, module, from: 'file:///x.mjs', config: specOf(config) },
    config,
  });

const inner = { families: { ball: make('family', 'ball', 'inner'), product: make('family', 'product', 'inner') } };
const outer = { algorithms: { 'em/batch': make('algorithm', 'em/batch', 'outer') } };
const modules = { inner, outer } as unknown as { [module: string]: Tables };

const ball = inner.families.ball({ width: 2 });
const product = inner.families.product({ parts: [{ family: ball, columns: Float64Array.of(0, 1) }, { family: ball }] });
const algorithm = outer.algorithms['em/batch']({ family: product, start: 'random', prior: null, skipped: undefined });

test('a config holds specs where it was given objects, however deep, and nothing that is undefined', () => {
  expect(algorithm.spec.config).toEqual({ family: product.spec, start: 'random', prior: null });
  expect(product.spec.config).toEqual({
    parts: [{ family: ball.spec, columns: Float64Array.of(0, 1) }, { family: ball.spec }],
  });
});

test('specs inside a config are built before the factory is called with what they name', () => {
  const built = build(structuredClone(algorithm.spec), modules) as Made;
  expect(built.spec).toEqual(algorithm.spec);
  const family = built.config!.family as Made;
  expect(family.spec).toEqual(product.spec);
  const [first] = family.config!.parts as { family: Made; columns: Float64Array }[];
  expect(first!.family.config).toEqual({ width: 2 });
  expect(first!.columns).toEqual(Float64Array.of(0, 1));
});

test('a file holds kinds, names and configs but no module, and is read with tables of the reader', () => {
  const text = encodeTree(namesOf(algorithm.spec) as unknown as Tree);
  expect(text).not.toContain('module');
  const tables = { ...inner, ...outer } as unknown as Tables;
  expect((buildNamed(decodeTree(text) as never, tables) as Made).spec).toEqual(algorithm.spec);
  const other = { ...algorithm.spec, module: 'elsewhere', from: 'file:///y.mjs' };
  expect([isSameName(other, algorithm.spec), textOf(other) === textOf(algorithm.spec)]).toEqual([true, false]);
  expect(isSameName(product.spec, ball.spec)).toBe(false);
});

test('the nearest name is suggested, and inherited ones are not fallen for', () => {
  for (const [spec, due] of [
    [{ ...ball.spec, name: 'bal' }, 'unknown family of inner "bal", did you mean "ball"?'],
    [{ ...ball.spec, name: 'toString' }, 'unknown family of inner "toString"'],
    [{ ...ball.spec, kind: 'weights' }, 'unknown weights of inner "ball"'],
    [{ ...ball.spec, module: 'other' }, 'unknown module "other"'],
  ] as const)
    expect(() => build(spec, modules)).toThrow(due);
  expect(() => buildNamed({ kind: 'algorithm', name: 'ball', config: null }, inner as never)).toThrow(
    'unknown algorithm',
  );
});

test('what is neither plain data nor has a spec is refused by its place', () => {
  expect(() => specOf({ a: [1, { b: () => 0 }] })).toThrow(
    'config.a[1].b is a function; plain data, or an object with a spec',
  );
  expect(() => build(ball.spec, { inner: { families: { ball: () => ({}) as never } } })).toThrow(
    'the family "ball" that a factory made has no spec',
  );
});
