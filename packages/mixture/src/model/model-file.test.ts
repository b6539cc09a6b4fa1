import type { Family, Tree } from '@mixtention/core';
import { meanStatistics } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { describe, expect, it } from 'vitest';
import { bernoulli, families, gaussian, gaussianFull, simpleFamilies } from '../families/index.ts';
import { MixtureModel } from './mixture-model.ts';
import versionOne from './version-1.fixture.json' with { type: 'json' };

const random = generator(key(9));

function anyModel(family: Family): MixtureModel {
  const centers = { data: Float64Array.from({ length: 6 }, () => random.uniform()), rows: 3, cols: 2 };
  const rows = { data: Float64Array.from({ length: 40 }, () => random.normal()), rows: 20, cols: 2 };
  const mean = meanStatistics(family.terms(2), rows);
  const logWeights = Float64Array.of(Math.log(0.5), Math.log(0.5), Number.NEGATIVE_INFINITY);
  return new MixtureModel({ family, logWeights, params: family.startAt(centers, mean) as Tree });
}

/** What a file says, changed before it is read. */
function change(model: MixtureModel, edit: (record: Record<string, unknown>) => void): string {
  const record = JSON.parse(JSON.stringify(model)) as Record<string, unknown>;
  edit(record);
  return JSON.stringify(record);
}

const array = (...values: number[]): object =>
  JSON.parse(
    JSON.stringify({ $float64: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer))) }),
  );

describe('model files', () => {
  it.each(Object.values(simpleFamilies))('bring back every bit: $spec.name', (family) => {
    const model = anyModel(family);
    for (const copy of [MixtureModel.fromJSON(JSON.stringify(model)), MixtureModel.fromJSON(model.toJSON())]) {
      expect(copy.params).toEqual(model.params);
      expect(copy.logWeights).toEqual(model.logWeights);
      expect(copy.transform).toEqual(model.transform);
      const x = [
        [0, 1],
        [1, 0],
      ];
      expect(copy.logDensity(x)).toEqual(model.logDensity(x));
      expect(JSON.stringify(copy)).toBe(JSON.stringify(model));
    }
  });

  it('bring back the names of columns, and read as nameless where they hold none', () => {
    const { family, logWeights, params } = anyModel(bernoulli);
    const model = new MixtureModel({ family, logWeights, params, columns: ['height', 'Größe "b"'] });
    expect(MixtureModel.fromJSON(JSON.stringify(model)).columns).toEqual(['height', 'Größe "b"']);
    expect(model.order().columns).toEqual(model.columns);
    expect(JSON.stringify(anyModel(bernoulli))).not.toContain('columns');
    expect(MixtureModel.fromJSON(anyModel(bernoulli).toJSON()).columns).toBeNull();
  });

  it.each([
    ['too few names', ['a']],
    ['a name that is a number', ['a', 1]],
    ['one text', 'ab'],
  ])('are refused with %s of columns', (_, columns) => {
    const text = change(anyModel(bernoulli), (record) => (record.columns = columns));
    expect(() => MixtureModel.fromJSON(text)).toThrow('the names of 2 columns were due');
  });

  it("bring back families of one's own when told of them", () => {
    const own = { ...bernoulli, spec: { ...bernoulli.spec, name: 'pixels' } };
    const text = JSON.stringify(anyModel(own));
    expect(() => MixtureModel.fromJSON(text)).toThrow('unknown family "pixels"');
    expect(MixtureModel.fromJSON(text, { families: { ...families, pixels: () => own } }).family).toBe(own);
  });

  it('of version 1, whose family is a name alone, are read to the same bits', () => {
    const model = MixtureModel.fromJSON(versionOne);
    expect(model.family).toBe(gaussianFull);
    // What the version that wrote the file said of these rows.
    const rows = [
      [2, 55],
      [4, 80],
      [3.3, 70.5],
    ];
    expect([...model.logDensity(rows)]).toEqual([-3.270474110809288, -3.3962353524670283, -6.245625281522536]);
    const { formatVersion, family } = JSON.parse(JSON.stringify(model)) as Record<string, unknown>;
    expect({ formatVersion, family }).toEqual({
      formatVersion: 2,
      family: { kind: 'family', name: 'gaussian-full', config: null },
    });
    expect(() => MixtureModel.fromJSON({ ...versionOne, family: 'gausian-full' })).toThrow(
      'did you mean "gaussian-full"?',
    );
  });

  const full = anyModel(gaussian('full'));
  const spherical = anyModel(gaussian('spherical'));
  it.each<[string, string, (record: Record<string, unknown>) => void]>([
    ['another format', 'format is "x", "mixtention/mixture" was due', (r) => (r.format = 'x')],
    ['a newer version', 'formatVersion is 3, this version of mixtention reads 1 to 2', (r) => (r.formatVersion = 3)],
    [
      'a misspelt family',
      'unknown family "gaussian-ful", did you mean "gaussian-full"?',
      (r) => ((r.family as Record<string, unknown>).name = 'gaussian-ful'),
    ],
    [
      'a name of the prototype',
      'unknown family "toString"',
      (r) => ((r.family as Record<string, unknown>).name = 'toString'),
    ],
    [
      'a family as version 1 had it',
      'family is "bernoulli", the kind "family", a name',
      (r) => (r.family = 'bernoulli'),
    ],
    [
      'what is no family',
      'family is an object, the kind "family"',
      (r) => ((r.family as Record<string, unknown>).kind = 'algorithm'),
    ],
    ['no components', 'components is 0, a whole number from 1 was due', (r) => (r.components = 0)],
    ['a fraction of a column', 'width is 1.5', (r) => (r.width = 1.5)],
    [
      'a huge width',
      'params.width is 2, 1000 was due',
      (r) => {
        r.width = 1000;
        r.transform = { center: array(...new Array(1000).fill(0)), scale: array(...new Array(1000).fill(1)) };
      },
    ],
    [
      'too few weights',
      'logWeights has 2 numbers, 3 were due',
      (r) => (r.logWeights = array(Math.log(0.5), Math.log(0.5))),
    ],
    [
      'weights that sum to 2',
      'the weights sum to 2, 1 was due',
      (r) => (r.logWeights = array(0, 0, Number.NEGATIVE_INFINITY)),
    ],
    ['weights that are none', 'the weights sum to NaN', (r) => (r.logWeights = array(Number.NaN, 0, 0))],
    ['weights as text', 'logWeights is "1", an array of 3 numbers was due', (r) => (r.logWeights = '1')],
    [
      'a scale of 0',
      'the transform is not finite and positive',
      (r) => ((r.transform as Record<string, unknown>).scale = array(0, 1)),
    ],
    ['no transform', 'transform is undefined, an object was due', (r) => delete r.transform],
    [
      'parameters of another shape',
      'params.means has 5 numbers, 6 were due',
      (r) => ((r.params as Record<string, unknown>).means = array(1, 2, 3, 4, 5)),
    ],
    [
      'a parameter that is not finite',
      'params.means holds a number that is not finite',
      (r) => ((r.params as Record<string, unknown>).means = array(1, 2, 3, 4, 5, Number.POSITIVE_INFINITY)),
    ],
    [
      'a mean whose distances overflow',
      'a mean lies at ',
      (r) => ((r.params as Record<string, unknown>).means = array(1, 2, 3, 4, 5, 1e200)),
    ],
    [
      'a missing parameter',
      'params.covariances is undefined',
      (r) => delete (r.params as Record<string, unknown>).covariances,
    ],
    [
      'a parameter too many',
      'params holds "more", which this family does not have',
      (r) => ((r.params as Record<string, unknown>).more = 1),
    ],
    [
      'a width that contradicts',
      'params.width is 3, 2 was due',
      (r) => ((r.params as Record<string, unknown>).width = 3),
    ],
    [
      'a covariance that is none',
      'the parameters are none of gaussian-full',
      (r) => ((r.params as Record<string, unknown>).covariances = array(1, 2, 2, 1, 1, 0, 0, 1, 1, 0, 0, 1)),
    ],
    [
      'a covariance of which only one triangle is one',
      'covariance 0 (counted from 0) is not symmetric: 0.5 at 1, 0 and 9 at 0, 1',
      (r) => ((r.params as Record<string, unknown>).covariances = array(1, 9, 0.5, 1, 1, 0, 0, 1, 1, 0, 0, 1)),
    ],
  ])('refuse %s', (_, sentence, edit) => {
    expect(() => MixtureModel.fromJSON(change(full, edit))).toThrow(sentence);
  });

  it('refuse a variance that is negative or whose inverse overflows, and a ball whose columns are scaled apart', () => {
    for (const variance of [-1, 0, 1e-320]) {
      const bad = change(spherical, (r) => ((r.params as Record<string, unknown>).variances = array(1, variance, 1)));
      expect(() => MixtureModel.fromJSON(bad)).toThrow('the parameters are none of gaussian-spherical');
    }
    const apart = change(spherical, (r) => ((r.transform as Record<string, unknown>).scale = array(1, 2)));
    expect(() => MixtureModel.fromJSON(apart)).toThrow('one scale for all');
  });

  it('refuse what is no model at all', () => {
    expect(() => MixtureModel.fromJSON('{')).toThrow('not JSON');
    expect(() => MixtureModel.fromJSON('[1]')).toThrow('the model is a list, an object was due');
    expect(() => MixtureModel.fromJSON(1n)).toThrow('the model is 1n that JSON cannot hold');
    expect(() => MixtureModel.fromJSON(null)).toThrow('the model is null, an object was due');
    expect(() => MixtureModel.fromJSON('{"__proto__": {"format": "mixtention/mixture"}}')).toThrow(
      '"__proto__" is not allowed',
    );
  });
});
