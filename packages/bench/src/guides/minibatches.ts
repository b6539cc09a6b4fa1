import { generator, key } from '@mixtention/core/numeric';
import { type Model, type SviOptions, svi, sviSteps } from '@mixtention/svi';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';

const ROWS = 100_000;
const COLUMNS = 20;
/** Rows of a step; null: all of them. Steps of one row tell what guide and optimizer take. */
const SEEN = [1, null, 4096, 256] as const;
/** Rows that are seen in a round, about; of steps of one row, steps. */
const IN_A_ROUND = 1_600_000;
const STEPS = 2000;

type Options = { readonly subsample?: number };
type Posed = (rows: number, options: Options) => Model<null>;

const random = generator(key(0));
const x = Float64Array.from({ length: ROWS * COLUMNS }, () => random.normal());
const y = Float64Array.from({ length: ROWS }, (_, n) => Number(x[n * COLUMNS]! + random.normal() > 0));
const ofGroup = (groups: number): Int32Array => Int32Array.from({ length: ROWS }, () => random.integer(groups));
const [users, films] = [ofGroup(300), ofGroup(200)];
const matrix = (rows: number, cols: number) => ({ data: x.subarray(0, rows * cols), rows, cols });

const models: { readonly [name: string]: Posed } = {
  'linear regression, D = 20': (rows, options) => (m) => {
    const b = m.sample('b', m.normal(0, 1), { shape: [COLUMNS] });
    const sd = m.sample('sd', m.halfNormal(1));
    m.plate('rows', rows, options, (some) => {
      m.observe('y', m.normal(m.matmul(some(matrix(rows, COLUMNS)), b), sd), some(y.subarray(0, rows)));
    });
  },
  'logistic regression, D = 20': (rows, options) => (m) => {
    const b = m.sample('b', m.normal(0, 1), { shape: [COLUMNS] });
    m.plate('rows', rows, options, (some) => {
      const logits = m.matmul(some(matrix(rows, COLUMNS)), b);
      m.observe('y', m.bernoulli({ logits }), some(y.subarray(0, rows)));
    });
  },
  'diagonal mixture, D = 4, K = 16': (rows, options) => (m) => {
    const weights = m.sample('weights', m.dirichlet(new Float64Array(16).fill(1)));
    const means = m.sample('means', m.normal(0, 5), { shape: [16, 4] });
    const deviations = m.sample('deviations', m.logNormal(0, 1), { shape: [16, 4] });
    m.plate('rows', rows, options, (some) => {
      m.observe('x', m.mixture(weights, m.multivariateNormal(means, { deviations })), some(matrix(rows, 4)));
    });
  },
  'matrix factorisation, 300 × 200, rank 8': (rows, options) => (m) => {
    const a = m.sample('a', m.normal(0, 1), { shape: [300, 8] });
    const b = m.sample('b', m.normal(0, 1), { shape: [200, 8] });
    m.plate('rows', rows, options, (some) => {
      const [of, to] = [users, films].map((groups) => some(groups.subarray(0, rows)));
      m.observe('y', m.normal(m.sum(m.mul(m.take(a, of!), m.take(b, to!)), 1), 1), some(y.subarray(0, rows)));
    });
  },
};

/**
 * What a row takes in minibatches and in full passes: processor time of steps (`autoNormal`, Adam, one draw) beyond that of a step of one row, by turns; ratios are medians of rounds.
 */
export function minibatchTable(rounds: number): string {
  const lines = Object.entries(models).map(([name, posed]) => {
    const { around } = svi(posed(200, {}), null, { guide: 'autoNormal', steps: 1, resultDraws: 10, rounds: 0 });
    const sides = SEEN.map((seen) => ({
      rows: seen ?? ROWS,
      run: stepper(posed(ROWS, seen === null ? {} : { subsample: seen }), around),
      nanoseconds: [] as number[],
    }));
    // One round more than counted: in the first, code is compiled.
    for (let round = 0; round <= rounds; round++)
      for (const { rows, run, nanoseconds } of sides) {
        const steps = rows === 1 ? STEPS : IN_A_ROUND / rows;
        const blocks = Math.max(1, Math.round(steps / 100));
        const spent = stopwatch();
        for (let i = 0; i < blocks; i++) run();
        const own = (1e9 * spent().cpuSeconds) / (100 * blocks);
        if (round > 0) nanoseconds.push(own);
      }
    const [one, ...several] = sides;
    const rowsOf = several.map(({ rows, nanoseconds }) =>
      nanoseconds.map((own, round) => (own - one!.nanoseconds[round]!) / (rows - 1)),
    );
    return [
      name,
      (median(one!.nanoseconds) / 1000).toPrecision(3),
      ...rowsOf.map((own, i) => {
        const ratio = median(own.map((ns, round) => ns / rowsOf[0]![round]!));
        return `${median(own).toPrecision(3)}${i === 0 ? '' : ` (${ratio.toFixed(2)} ×)`}`;
      }),
    ];
  });
  const head = ['model', 'µs a step of one row', `ns a row, all ${ROWS.toLocaleString('en')}`];
  return table([[...head, ...SEEN.slice(2).map((seen) => `${seen} a step`)], ...lines]);
}

/** A hundred steps a call. */
function stepper(model: Model<null>, around: NonNullable<SviOptions['around']>): () => void {
  const run = sviSteps(model, null, {
    guide: 'autoNormal',
    around,
    learningRate: 1e-4,
    accuracy: 1e-12,
    steps: 2 ** 40,
  });
  return () => {
    run.next();
  };
}
