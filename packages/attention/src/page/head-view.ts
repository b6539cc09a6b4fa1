import { type Content, decimal, type Html, html, percent } from '@mixtention/core/page';
import type { HeadReport, XrayReport } from './report.ts';
import { headOf, type State } from './state.ts';

/** What is told of the head as a whole. */
export function headView(report: XrayReport, state: State): Html {
  const one = headOf(report, state);
  const { evidence, nearest, absent } = one;
  const gauge = one.gauge === null ? (absent.fitted ?? absent.gauges) : null;
  const tiles = [
    tile(
      'Distinguishable components',
      decimal(one.distinguishableComponents, 2),
      `exp I(z; q); I = ${decimal(one.mutualInformation, 3)} nats`,
    ),
    tile(
      'Effective components',
      decimal(one.effectiveComponents, 2),
      `exp H; H = ${decimal(one.entropy, 3)} nats, mean over queries`,
    ),
    tile('Effective dictionary', decimal(one.effectiveDictionary, 2), 'exp H of the mean row: the product of the two'),
    tile('Keys for 90 % of the mass', decimal(one.k90, 1), `mean over queries, of ${report.keyTokens.length}`),
    tile(
      'Active components',
      decimal(one.activeComponents, 1),
      `keys with ${percent(one.activeThreshold)} of a query or more, mean over queries`,
    ),
    tile('On the first key', percent(one.firstKeyShare), 'where Transformers put what they have no use for'),
    one.nullComponent === null
      ? missing('Null component', 'no sink was given')
      : tile(
          'Null component',
          percent(one.nullComponent.usage),
          'usage of the sink: mass that no key gets, of value 0; the output shrinks by it',
        ),
    evidence === null
      ? missing('Evidence', absent.evidence)
      : tile('Evidence L', `${decimal(evidence.logEvidence, 2)}`, 'nats, mean over queries; counts the prior as it is'),
    evidence === null || evidence.fitted === null || one.gauge === null
      ? missing('Log density, fitted gauge', gauge ?? absent.evidence)
      : tile(
          'Log density, fitted gauge',
          decimal(evidence.fitted, 2),
          `nats; Λ ${one.gauge.form}, maximum likelihood of these queries; paper gauge ${evidence.paper === null ? 'absent' : decimal(evidence.paper, 2)}`,
        ),
    nearest === null
      ? missing('Reads most like', 'there is one head in the layer')
      : tile(
          'Reads most like',
          `head ${nearest.head}`,
          `Jensen–Shannon divergence ${decimal(nearest.divergence, 3)} nats; log 2 = 0.693 is most`,
        ),
  ];
  return html`<h2>Layer ${one.layer}, head ${one.head}</h2><p class="remark"><code>${one.hook}</code></p><dl class="tiles">${tiles}</dl>`;
}

function tile(name: string, value: string, remark: Content): Html {
  return html`<div><dt>${name}</dt><dd><b>${value}</b><small>${remark}</small></dd></div>`;
}

/** What the input does not license stays in its place, grey, with the reason. */
export function missing(name: string, reason: string | undefined): Html {
  return html`<div class="absent"><dt>${name}</dt><dd><small>${reason ?? 'it was not computed'}</small></dd></div>`;
}

/** The tokens, shaded by what the chosen query gives them. */
export function tokensView(report: XrayReport, state: State, row: ArrayLike<number>): Html {
  const top = Array.from(row).reduce((a, b) => Math.max(a, b), 0) || 1;
  const { nullComponent } = headOf(report, state);
  const words = nullComponent === null ? report.keyTokens : report.keyTokens.slice(0, nullComponent.key);
  const isSelf = report.tokens.join('\0') === words.join('\0');
  const keys = report.keyTokens.map((token, k) => {
    const share = row[k]!;
    const chosen = isSelf && k === state.query ? ' class="query"' : '';
    return html`<button type="button" data-do="${isSelf && k !== nullComponent?.key ? 'query' : 'key'}" data-at="${k}" data-share="${share.toFixed(6)}"${mark(chosen)} title="${`${percent(share)} of query ${state.query}`}" style="--tone:${((100 * share) / top).toFixed(1)}%">${shown(token)}</button>`;
  });
  return html`<p class="tokens">${keys}</p>`;
}

function mark(attributes: string): Html {
  return { html: attributes };
}

/** Most characters of a token that are shown. */
const LONGEST = 40;

/** A token as it is read: word pieces keep their marks, blanks are seen; what would turn or break a line is not, and what is long is cut. */
export function shown(token: string): string {
  const seen = token.replace(/[Ġ▁]/g, '␣').replace(/[Ċ\n]/g, '⏎');
  const characters = Array.from(
    seen.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '�'),
  );
  const cut = characters.length > LONGEST ? [...characters.slice(0, LONGEST - 1), '…'] : characters;
  return cut.join('') || '∅';
}

/** Whether a token has no word but its number. */
export function isNumbered(token: string, at: number): boolean {
  return token === String(at);
}

/** A key in a sentence. */
export function keyName(token: string, at: number): string {
  return isNumbered(token, at) ? `key ${at}` : `${shown(token)} (${at})`;
}

/** What the picture of all rows says of the point under the pointer. */
export function pointText({ tokens, keyTokens }: XrayReport, query: number, key: number, share: number): string {
  const asks = tokens[query]!;
  const name = isNumbered(asks, query) ? query : `${shown(asks)} (${query})`;
  return `Query ${name} gives ${percent(share)} to ${keyName(keyTokens[key]!, key)}.`;
}

/** What is told of the chosen query. */
export function queryView(report: XrayReport, state: State, row: ArrayLike<number>): Html {
  const { queries, absent } = headOf(report, state);
  const n = state.query;
  const best = Array.from(row, (share, k) => ({ share, k }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 3);
  const top = best
    .filter(({ share }) => share > 0.005)
    .map(({ share, k }) => {
      const token = report.keyTokens[k]!;
      return isNumbered(token, k) ? `key ${k} (${percent(share)})` : `${shown(token)} ${percent(share)}`;
    });
  const parts = [
    fact('entropy', value(queries.entropy[n], 3, 'nats')),
    fact(
      'components',
      `${value(queries.effectiveComponents[n], 2, 'effective')}, ${queries.activeComponents[n]} active`,
    ),
    fact(
      'evidence L',
      queries.logEvidence === null ? absent.evidence : value(queries.logEvidence[n], 2, 'nats', 'no key is seen'),
    ),
    fact(
      'without itself',
      queries.leaveOneOut === null ? (absent.leaveOneOut ?? absent.evidence) : value(queries.leaveOneOut[n], 2, 'nats'),
    ),
    fact(
      'surprise',
      queries.surprise === null ? (absent.fitted ?? absent.gauges) : value(queries.surprise[n], 2, 'nats'),
    ),
  ];
  return html`<p class="asked">Query <b>${shown(report.tokens[n]!)}</b>${isNumbered(report.tokens[n]!, n) ? null : ` (${n})`} reads ${top.join(', ') || 'nothing'}.</p><dl class="facts">${parts}</dl>`;
}

function fact(name: string, text: string | undefined): Html {
  return html`<div><dt>${name}</dt><dd>${text ?? 'absent'}</dd></div>`;
}

function value(
  number: number | null | undefined,
  digits: number,
  unit: string,
  reason = 'nothing else is seen',
): string {
  return number === null || number === undefined ? `none: ${reason}` : `${decimal(number, digits)} ${unit}`;
}

/** Bars of the queries: evidence and surprise, one under the other. */
export function stripsView(report: XrayReport, state: State): Html {
  const { queries, absent } = headOf(report, state);
  return html`${strip('Evidence L', queries.logEvidence, absent.evidence, { report, state })}${strip(
    `Surprise, −log p of the query under the other keys, ${report.surpriseGauge ?? 'no'} gauge`,
    queries.surprise,
    absent.fitted ?? absent.gauges,
    { report, state },
  )}`;
}

type Strip = { readonly report: XrayReport; readonly state: State };

function strip(
  name: string,
  values: HeadReport['queries']['surprise'],
  reason: string | undefined,
  { report, state }: Strip,
): Html {
  if (values === null)
    return html`<figure class="strip absent"><figcaption>${name}: ${reason ?? 'absent'}</figcaption></figure>`;
  const known = values.filter((one) => one !== null);
  if (known.length === 0)
    return html`<figure class="strip absent"><figcaption>${name}: no query sees another key</figcaption></figure>`;
  const [least, most] = known.reduce(
    ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const height = (one: number): number => (most > least ? 4 + (36 * (one - least)) / (most - least) : 20);
  const bars = values.map((one, n) => {
    const title = `${shown(report.tokens[n]!)}: ${one === null ? 'none' : `${decimal(one, 2)} nats`}`;
    const tall = one === null ? 0 : height(one);
    return html`<rect data-do="query" data-at="${n}" class="${n === state.query ? 'open' : ''}" x="${n * 10 + 1}" y="${(40 - tall).toFixed(1)}" width="8" height="${tall.toFixed(1)}"><title>${title}</title></rect>`;
  });
  return html`<figure class="strip"><figcaption>${name}, from ${decimal(least, 1)} to ${decimal(most, 1)} nats</figcaption><svg viewBox="0 0 ${values.length * 10} 40" preserveAspectRatio="none" role="img" aria-label="${name}">${bars}</svg></figure>`;
}
