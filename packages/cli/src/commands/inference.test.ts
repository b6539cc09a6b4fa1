import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faithfulCsv, runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
});
afterAll(() => folder.remove());

type Summary = { readonly [name: string]: unknown } & {
  readonly bound: number;
  readonly boundTerms: { readonly [term: string]: number };
  readonly weights: number[];
  readonly expectedWeights: number[];
};

async function fit(...args: string[]): Promise<Summary> {
  const { code, stdout, stderr } = await runHere(['fit', data, '--json', '--backend', 'plain', ...args]);
  expect(stderr.includes('mixtention:'), stderr).toBe(false);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Summary;
}

describe('fit --inference', () => {
  test('vb gives the bound by term, expected weights and the posterior by name; held-out rows are scored by the posterior predictive', async () => {
    const vb = ['--inference', 'vb', '--components', '6', '--concentration', '0.001', '--test', data];
    const s = await fit(...vb);
    expect(s).toMatchObject({
      inference: 'vb',
      activeComponents: 3,
      moves: [],
      components: 6,
      prior: { values: { weights: { name: 'dirichlet', concentration: 0.001 } } },
    });
    expect(s.bound).toBeCloseTo(-1186.7149, 3);
    expect(Object.keys(s.boundTerms)).toEqual(['data', 'assignments', 'entropy', 'weights', 'components']);
    expect(Object.values(s.boundTerms).reduce((a, b) => a + b)).toBeCloseTo(s.bound, 8);
    const posterior = s.posterior as { readonly [name: string]: number[][] };
    expect(Object.keys(posterior)).toEqual(['weights', 'width', 'means', 'shrinkages', 'degrees', 'inverseScales']);
    expect(posterior.means![0]).toHaveLength(2);
    expect(posterior.inverseScales![0]![0]).toHaveLength(2);
    expect(s.testLogLikelihoodPerRow as number).toBeCloseTo((s.logLikelihood as number) / 272, 10);
  });

  test('sticks name their truncation; what open ones leave is told beside, and closed ones leave nothing', async () => {
    const vb = ['--inference', 'vb', '--components', '4', '--weights-prior', 'py', '--discount', '0.3'];
    const [open, closed] = [await fit(...vb), await fit(...vb, '--truncation', 'closed')];
    expect(open).toMatchObject({
      components: 4,
      prior: { values: { weights: { name: 'pitman-yor', truncation: 'open' } } },
    });
    expect(open.weights).toHaveLength(4);
    const rest = open.newComponentWeight as number;
    expect(open.weights.reduce((a, b) => a + b, rest)).toBeCloseTo(1, 9);
    expect(open.expectedWeights.reduce((a, b) => a + b, rest)).toBeCloseTo(1, 9);
    expect(closed.newComponentWeight).toBeUndefined();
    expect(JSON.stringify(closed.prior)).toContain('truncation closed');
  });

  test('a prior file in the units of the data: values come back, and for diagonal covariances precisions are Gamma(shape, rate)', async () => {
    const values = {
      mean: [3.5, 70],
      shrinkage: 1,
      degrees: 4,
      inverseScale: [
        [1, 2],
        [2, 200],
      ],
    };
    const full = await folder.put('full.json', JSON.stringify({ ...values, concentration: 0.5 }));
    const s = await fit('--inference', 'vb', '--components', '2', '--prior', full);
    expect(s.prior).toMatchObject({ values: { family: values, weights: { concentration: 0.5 } } });
    const { degrees, inverseScale } = { degrees: 3, inverseScale: [1.3, 180] };
    const gamma = { mean: [3.5, 70], shrinkage: 1, shape: degrees / 2, rate: inverseScale.map((v) => v / 2) };
    const diagonal = await folder.put('diagonal.json', JSON.stringify(gamma));
    const d = await fit('--prior', diagonal, '--covariance', 'diagonal');
    expect(d).toMatchObject({
      inference: 'map',
      prior: { values: { family: { mean: [3.5, 70], shrinkage: 1, degrees, inverseScale } } },
    });
  });

  test('a prior makes it map, none makes it ml', async () => {
    expect(await fit('--prior', 'weak')).toMatchObject({ inference: 'map' });
    expect(await fit('--concentration', '2')).toMatchObject({
      inference: 'map',
      prior: { text: expect.stringContaining('Dirichlet(2, …)') },
    });
    expect(await fit('--inference', 'ml')).toMatchObject({ inference: 'ml', prior: { values: null } });
    expect(await fit('--inference', 'vb', '--weights-prior', 'type-ii')).toMatchObject({ boundTerms: { weights: 0 } });
  });

  test('moves lead from one component to what the bound asks for, without short runs, by memoized batches too', async () => {
    const s = await fit('--inference', 'vb', '--components', '1', '--moves', 'all', '--schedule', 'memoized');
    expect(s).toMatchObject({ components: 2, componentsAsked: 1, screening: null });
  });

  test('without --components variational Bayes begins with twenty, moves with one', async () => {
    expect(await fit('--inference', 'vb', '--concentration', '0.001')).toMatchObject({
      components: 20,
      activeComponents: 3,
    });
    expect(await fit('--moves', 'all')).toMatchObject({ components: 2, componentsAsked: 1 });
  });

  test('people see the bound and how many components are active', async () => {
    const { stdout } = await runHere(['fit', data, '--inference', 'vb', '--components', '2', '--backend', 'plain']);
    expect(stdout).toMatch(/bound +-1169\.0\d+ nats \(data .*components/);
    expect(stdout).toContain('2 of 2 components own more than half a row');
  });
});

describe('contradictions end with code 2 and one sentence', () => {
  const bad = (content: string) => async (): Promise<string[]> => [
    '--inference',
    'vb',
    '--prior',
    await folder.put('bad.json', content),
  ];
  const flags = (text: string) => () => text.split(' ');
  const cases: [string, () => string[] | Promise<string[]>, string | RegExp][] = [
    ['ml with a prior', flags('--inference ml --prior weak'), '--prior weak is a prior, --inference ml goes with none'],
    ['ml with a concentration', flags('--inference ml --concentration 2'), '--concentration 2 is a prior'],
    ['ml with sticks', flags('--inference ml --weights-prior py'), '--weights-prior py is a prior'],
    ['ml with a file', flags('--inference ml --prior nowhere.json'), '--prior nowhere.json is a prior'],
    ['none with a concentration', flags('--prior none --concentration 2'), '--prior none goes with none'],
    ['map with none', flags('--inference map --prior none'), '--inference map goes with a prior'],
    ['vb with none', flags('--inference vb --prior none'), '--inference vb goes with a prior'],
    ['map under a small concentration', flags('--inference map --concentration 0.5'), 'at least 1 was due'],
    ['map with sticks', flags('--weights-prior dp'), '--weights-prior dp goes with --inference vb'],
    [
      'map with sticks, said',
      flags('--inference map --weights-prior py'),
      '--weights-prior py goes with --inference vb: its density has no highest point',
    ],
    ['vb with adam', flags('--inference vb --optimizer adam'), '--optimizer em, the optimizer is adam'],
    ['vb with sgd', flags('--inference vb --optimizer sgd'), '--optimizer em, the optimizer is sgd'],
    [
      'vb with a learning rate',
      flags('--inference vb --learning-rate 0.1'),
      '--learning-rate goes with --optimizer adam, rmsProp or sgd, the optimizer is em',
    ],
    [
      'moves with adam',
      flags('--moves all --optimizer adam'),
      '--moves goes with --optimizer em, the optimizer is adam',
    ],
    [
      'type-ii with a concentration',
      flags('--inference vb --weights-prior type-ii --concentration 2'),
      '--concentration goes with no --weights-prior type-ii',
    ],
    ['moves with stepwise', flags('--moves all --schedule stepwise'), '--schedule batch or memoized, the schedule is'],
    ['a concentration of 0', flags('--inference vb --concentration 0'), 'positive number'],
    ['a discount of 1', flags('--inference vb --weights-prior py --discount 1'), '--discount is 1'],
    ['a discount below 0', flags('--inference vb --weights-prior py --discount -0.1'), "argument '-0.1' is invalid"],
    ['a discount of dp', flags('--inference vb --weights-prior dp --discount 0.1'), 'goes with --weights-prior py'],
    ['a truncation of a Dirichlet', flags('--inference vb --truncation open'), 'goes with --weights-prior dp or py'],
    ['no such file', flags('--inference vb --prior nowhere.json'), 'nowhere.json'],
    ['no JSON', bad('{'), 'bad.json: is no JSON'],
    [
      'degrees below the least',
      bad('{"mean":[3,70],"shrinkage":1,"degrees":1,"inverseScale":[[1,0],[0,1]]}'),
      /degrees is 1, a number above 1 was due/,
    ],
    [
      'a mean of three columns',
      bad('{"mean":[3,70,1],"shrinkage":1,"degrees":4,"inverseScale":[[1,0],[0,1]]}'),
      'mean has 3 numbers, 2 were due',
    ],
    ['an unknown name', bad('{"men":[3,70]}'), 'bad.json: holds "men"'],
    ['a concentration that is none', bad('{"concentration":-1}'), /concentration of .*bad\.json is -1/],
  ];
  test.each(cases)('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runHere(['fit', data, '--json', ...(await args())]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
