import { matrix } from '@mixtention/core';
import { decimal, percent } from '@mixtention/core/page';
import { expect, test } from 'vitest';
import { naiveAttention } from '../testing/naive-attention.ts';
import { naiveXray, shannon } from '../testing/naive-xray.ts';
import { weightOf } from '../xray/read-keys.ts';
import { xray } from '../xray/xray.ts';
import { tryEdit } from './edits.ts';
import { gridView } from './grid-view.ts';
import { headView, pointText, queryView, shown, stripsView, tokensView } from './head-view.ts';
import { keysView, length } from './keys-view.ts';
import { xrayReport } from './report.ts';
import { firstState } from './state.ts';
import { at, live, mean, N, page, read, report, rowsOf, textOf } from './testing-page.ts';

const facts = report.heads.map((_, h) => naiveXray(rowsOf(h)));
const each = report.heads.map((_, h) => h);

/** log p(q_n) of the mixture of the keys that are seen, but one perhaps, in the gauge of the report: means and weights as §2 of the theory has them. */
function logDensity(h: number, n: number, without = -1): number {
  const { q, k, scale } = live[h]!;
  const { precision, shift } = report.heads[h]!.gauge as unknown as {
    readonly precision: number[];
    readonly shift: number[];
  };
  const d = q.cols;
  const keys = Array.from({ length: n + 1 }, (_, key) => key).filter((key) => key !== without);
  const prior = keys.map((key) =>
    precision.reduce((sum, p, j) => sum + (scale * k.data[key * d + j]! + shift[j]!) ** 2 / p / 2, 0),
  );
  const total = prior.reduce((sum, one) => sum + Math.exp(one), 0);
  const density = keys.reduce((sum, key, i) => {
    const log = precision.reduce(
      (l, p, j) =>
        l +
        0.5 * Math.log(p / (2 * Math.PI)) -
        0.5 * p * (q.data[n * d + j]! - (scale * k.data[key * d + j]! + shift[j]!) / p) ** 2,
      0,
    );
    return sum + (Math.exp(prior[i]!) / total) * Math.exp(log);
  }, 0);
  return Math.log(density);
}

test('the grid: distinguishable components of every head, means of layers, shares of the first key', () => {
  const { html } = gridView(report, at(0));
  const shown = [...html.matchAll(/<button[^>]*><span>([^<]*)<\/span><\/button>/g)].map(([, text]) => text);
  expect(shown).toEqual(each.map((h) => decimal(Math.exp(facts[h]!.mutualInformation), 1)));
  const means = [...html.matchAll(/<span class="mean">([^<]*)<\/span><\/li>/g)].map(([, text]) => text).slice(1);
  expect(means).toEqual(
    [
      [0, 1],
      [2, 3],
    ].map((heads) => decimal(mean(heads.map((h) => Math.exp(facts[h]!.mutualInformation))), 1)),
  );
  each.forEach(
    (h) =>
      void expect(html).toContain(
        `${decimal(Math.exp(facts[h]!.mutualInformation), 2)} distinguishable components, ${percent(facts[h]!.usage[0]!)}`.replaceAll(
          ' %',
          '\u00a0%',
        ),
      ),
  );
});

test.each(each)('the tiles of head %i', (h) => {
  const { entropy, mutualInformation, usage, k90 } = facts[h]!;
  const other = h % 2 === 0 ? h + 1 : h - 1;
  const apart = mean(
    rowsOf(h).map(
      (row, n) =>
        shannon(row.map((p, key) => (p + rowsOf(other)[n]![key]!) / 2)) -
        (shannon(row) + shannon(rowsOf(other)[n]!)) / 2,
    ),
  );
  const { k, scale } = live[h]!;
  const paper = mean(
    rowsOf(h).map((_, n) => {
      const q = [...live[h]!.q.data.subarray(n * 3, n * 3 + 3)];
      const mass = Math.log(
        Array.from({ length: n + 1 }, (_, key) =>
          Math.exp((scale * [...k.data.subarray(key * 3, key * 3 + 3)].reduce((sum, x) => sum + x * x, 0)) / 2),
        ).reduce((a, b) => a + b, 0),
      );
      return (
        read[h]!.logEvidence[n]! -
        (scale * q.reduce((sum, x) => sum + x * x, 0)) / 2 +
        1.5 * Math.log(scale / (2 * Math.PI)) -
        mass
      );
    }),
  );
  const text = textOf(headView(report, at(h)));
  for (const due of [
    `Distinguishable components ${decimal(Math.exp(mutualInformation), 2)} exp I(z; q); I = ${decimal(mutualInformation, 3)} nats`,
    `Effective components ${decimal(Math.exp(entropy), 2)} exp H; H = ${decimal(entropy, 3)} nats`,
    `Effective dictionary ${decimal(Math.exp(shannon(usage)), 2)}`,
    `Keys for 90 % of the mass ${decimal(mean(k90), 1)}`,
    `Active components ${decimal(mean(rowsOf(h).map((row) => row.filter((p) => p >= 0.01).length)), 1)} keys with 1.0 % of a query or more`,
    `On the first key ${percent(usage[0]!)}`,
    'Null component no sink was given',
    `Evidence L ${decimal(mean(read[h]!.logEvidence), 2)}`,
    `Log density, fitted gauge ${decimal(mean(Array.from({ length: N }, (_, n) => logDensity(h, n))), 2)}`,
    `paper gauge ${decimal(paper, 2)}`,
    `Reads most like head ${other % 2} Jensen–Shannon divergence ${decimal(apart, 3)} nats`,
  ])
    expect(text).toContain(due);
});

test.each(each)('what a query reads, and its strips, in head %i', (h) => {
  const surprise = Array.from({ length: N }, (_, n) => (n === 0 ? null : -logDensity(h, n, n)));
  for (const query of [0, 4, 8]) {
    const row = rowsOf(h)[query]!;
    const state = { ...at(h), query };
    expect(
      [...tokensView(report, state, row).html.matchAll(/data-share="([^"]*)"/g)].map(([, share]) => share),
    ).toEqual(row.map((p) => p.toFixed(6)));
    const text = textOf(queryView(report, state, row));
    const alone = row.reduce((sum, p, key) => (key === query ? sum : sum + p), 0);
    const { logEvidence } = read[h]!;
    expect(text).toContain(
      `entropy ${decimal(shannon(row), 3)} nats components ${decimal(Math.exp(shannon(row)), 2)} effective, ${row.filter((p) => p >= 0.01).length} active`,
    );
    expect(text).toContain(`evidence L ${decimal(logEvidence[query]!, 2)} nats`);
    expect(text).toContain(
      query === 0
        ? 'without itself none: nothing else is seen surprise none'
        : `without itself ${decimal(logEvidence[query]! + Math.log(alone), 2)} nats surprise ${decimal(surprise[query]!, 2)} nats`,
    );
    const best = row.indexOf(Math.max(...row));
    expect(text).toContain(`${report.keyTokens[best]!.replace('Ġ', '␣')} ${percent(row[best]!)}`);
  }
  const strips = textOf(stripsView(report, at(h)));
  const known = surprise.filter((one) => one !== null);
  expect(strips).toContain(
    `Evidence L, from ${decimal(Math.min(...read[h]!.logEvidence), 1)} to ${decimal(Math.max(...read[h]!.logEvidence), 1)} nats`,
  );
  expect(strips).toContain(
    `fitted gauge, from ${decimal(Math.min(...known), 1)} to ${decimal(Math.max(...known), 1)} nats`,
  );
});

test.each(each)('the keys of head %i: usage, prior, what goes with them, partners', (h) => {
  const { html } = keysView(report, { ...at(h), isLong: true });
  const rows = [...html.matchAll(/<tr class[^>]*>(.*?)<\/tr>/gs)].map(([, cells]) => textOf({ html: cells! }).trim());
  const usage = facts[h]!.usage;
  const order = usage.map((_, key) => key).sort((a, b) => usage[b]! - usage[a]! || a - b);
  order.forEach((key, place) => {
    const prune = tryEdit(live[h]!, { kind: 'prune', keys: [key] }, report.heads[h]!)!.found.output!;
    const { mergePartner, mergeLogEvidence, prior } = report.heads[h]!.keys;
    const partner = mergePartner![key]!;
    const paper = mean(
      Array.from({ length: N }, (_, n) => {
        if (key > n) return 0;
        const { k, scale } = live[h]!;
        const weight = (j: number): number =>
          Math.exp((scale * [...k.data.subarray(j * 3, j * 3 + 3)].reduce((sum, x) => sum + x * x, 0)) / 2);
        return weight(key) / Array.from({ length: n + 1 }, (_, j) => weight(j)).reduce((a, b) => a + b, 0);
      }),
    );
    expect(prior![key]).toBeCloseTo(paper, 9);
    expect(rows[place]).toContain(`${key} ${percent(usage[key]!)} ${percent(paper)} ${length(prune)}`);
    if (mergeLogEvidence![key] === null) return;
    const weight = weightOf(Float64Array.from(usage), key, partner);
    const { found } = tryEdit(live[h]!, { kind: 'merge', i: key, j: partner, weight }, report.heads[h]!)!;
    if (found.logEvidence === null) return;
    expect(mergeLogEvidence![key]!).toBeCloseTo(found.logEvidence, 9);
    expect(rows[place]).toContain(
      `${report.keyTokens[partner]!.replace('Ġ', '␣')} ${partner} ${length(-found.logEvidence)}`,
    );
  });
});

test('the point under the pointer, and what the page counts', () => {
  expect(pointText(report, 3, 1, rowsOf(2)[3]![1]!)).toBe(
    `Query ##c (3) gives ${percent(rowsOf(2)[3]![1]!)} to a (1).`,
  );
  // Without words the numbers of queries and keys stand once.
  const bare = {
    ...report,
    tokens: report.tokens.map((_, n) => String(n)),
    keyTokens: report.keyTokens.map((_, k) => String(k)),
  };
  const [row, share] = [rowsOf(2)[3]!, percent(rowsOf(2)[3]![1]!)];
  expect(pointText(bare, 3, 1, row[1]!)).toBe(`Query 3 gives ${share} to key 1.`);
  const told = textOf(queryView(bare, { ...at(2), query: 3 }, row));
  const most = row.indexOf(Math.max(...row));
  expect(told.trim()).toMatch(new RegExp(`^Query 3 reads key ${most} \\(`));
  expect(told).toContain(`key ${most} (${percent(row[most]!)})`);
  expect(page).toContain('2 layers, 4 heads, 9 queries (gpt2)');
});

test('a page is one file without requests, and texts cannot leave it', () => {
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)|<link(?! rel="icon")|@import|src=/);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).toContain('X-ray of a &lt;small&gt; model');
});

test('a sink is shown as the null component: its usage, its place behind the tokens, what goes when it is removed', () => {
  const x = [
    [1, 0.5],
    [0, 2],
    [-1, 1],
  ];
  const sink = 0.4;
  const head = { q: x, k: x, v: [[1], [2], [3]], scale: 1 };
  const sunk = xray({ ...head, sink }, { responsibilities: true });
  const own = xrayReport({ read: sunk, model: 'mine', kind: 'tensors', tokens: ['a', 'b', 'c'] });
  const { logEvidence } = naiveAttention(matrix(x), matrix(x), matrix(head.v), 1, () => 0);
  const shares = Array.from(logEvidence, (L: number) => 1 / (1 + Math.exp(L - sink)));
  expect(textOf(headView(own, firstState(own)))).toContain(`Null component ${percent(mean(shares))} usage of the sink`);
  const row = sunk.heads[0]!.responsibilities!.data.subarray(0, 4);
  const tokens = tokensView(own, { ...firstState(own), query: 0 }, row);
  expect(textOf(tokens).trim()).toBe('a b c ∅ null component');
  expect([...tokens.html.matchAll(/data-do="(\w+)" data-at="(\d)"/g)].map(([, what, at]) => what! + at)).toEqual([
    'query0',
    'query1',
    'query2',
    'key3',
  ]);
  expect(textOf(keysView(own, firstState(own)))).toContain(`∅ null component 3 ${percent(mean(shares))}`);
});

test('tokens that would turn, break or widen a line are shown so that they do not', () => {
  const told = ['\u202eevil\u202c', 'a\nb', '\u2028', '\u0000', 'ĠthĊ', '', '👩‍🚀', 'x'.repeat(3000), '😀'.repeat(60)];
  expect(told.map(shown)).toEqual([
    '�evil�',
    'a⏎b',
    '�',
    '�',
    '␣th⏎',
    '∅',
    '👩‍🚀',
    `${'x'.repeat(39)}…`,
    `${'😀'.repeat(39)}…`,
  ]);
});

test('a query that sees no key has no evidence, and where no query sees another there is no strip of surprise', () => {
  const x = [[1], [2]];
  const masked = xrayReport({
    read: xray({
      q: x,
      k: x,
      mask: [
        [1, 1],
        [0, 0],
      ],
    }),
    model: 'mine',
    kind: 'tensors',
  });
  const text = textOf(queryView(masked, { ...firstState(masked), query: 1 }, [0, 0]));
  expect(text).toContain('reads nothing');
  expect(text).toContain('evidence L none: no key is seen without itself none: nothing else is seen');
  const alone = xrayReport({ read: xray({ q: [[1]], k: [[1]] }), model: 'mine', kind: 'tensors' });
  const strips = textOf(stripsView(alone, firstState(alone)));
  expect(strips).toContain('Surprise, −log p of the query under the other keys');
  expect(strips).toContain('no query sees another key');
  expect(strips).not.toContain('Infinity');
});
