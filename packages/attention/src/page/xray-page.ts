import { baseStyle, type Html, html, markup } from '@mixtention/core/page';
import type { HeadTensors, XrayReport } from './report.ts';

export type PageData = { readonly report: XrayReport; readonly tensors: readonly HeadTensors[] };

const style = `${baseStyle}
h1{font-size:clamp(30px,4.6vw,46px);letter-spacing:-.028em}
.lede{font-size:18px;max-width:64ch;margin:14px 0 0}
.quote{border-left:3px solid var(--rule);padding-left:14px;margin-top:16px;color:var(--quiet);max-width:72ch;overflow-wrap:anywhere}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
button:focus-visible,select:focus-visible,input:focus-visible{outline:2px solid var(--model);outline-offset:2px}
section{margin-top:56px}
.grid{display:grid;gap:3px;margin:18px 0 10px;max-width:calc(var(--heads)*64px + 120px)}
.grid li{display:grid;grid-template-columns:44px repeat(var(--heads),minmax(0,1fr)) 44px;gap:3px;align-items:center}
.grid .row,.grid .mean{color:var(--quiet);font-size:12.5px;text-align:center;font-variant-numeric:tabular-nums}.grid .row:first-child{text-align:left}
.grid button{position:relative;height:38px;border-radius:4px;background:color-mix(in srgb,var(--model) var(--tone),var(--tint));font-size:12.5px;font-variant-numeric:tabular-nums}
.grid button::after,.scale .dot{content:"";position:absolute;left:50%;bottom:4px;width:calc(6px + 12px*var(--dot));height:calc(6px*var(--dot));transform:translateX(-50%);border-radius:3px;background:currentColor;opacity:.75}
.grid button span{position:relative;top:-3px}
.grid button.dark{color:var(--paper);font-weight:600}
.grid button.open{outline:2px solid var(--ink);outline-offset:1px}
.scale{max-width:none;display:flex;flex-wrap:wrap;align-items:center;gap:8px}.scale i{width:120px;height:10px;border-radius:3px;background:linear-gradient(90deg,var(--tint),var(--model));border:1px solid var(--rule)}.scale .dot{display:inline-block;position:static;transform:none;width:18px;height:6px;margin:0 8px 0 0;vertical-align:middle}.scale .of{white-space:nowrap}.scale span:nth-child(3){margin-right:14px}
.tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:22px 32px;margin:20px 0 0}
.tiles dt,.facts dt{color:var(--quiet);font-size:13.5px}.tiles b{display:block;font-size:24px;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums}.tiles small,.absent small{display:block;color:var(--quiet);font-size:12.5px;line-height:1.4}
.absent{opacity:.62}.absent dt,.absent figcaption{font-style:italic}
.reading{display:grid;grid-template-columns:minmax(0,1.4fr) minmax(0,1fr);gap:32px 48px;align-items:start}
.tokens{display:flex;flex-wrap:wrap;gap:4px 3px;max-width:none;margin:0 0 14px}
.tokens button{max-width:100%;overflow-wrap:anywhere;padding:2px 6px;border-radius:4px;background:color-mix(in srgb,var(--model) calc(var(--tone)*.62),var(--tint));font-size:15px;line-height:1.5}
.tokens .query{outline:2px solid var(--ink)}
.asked{margin-bottom:8px}
.facts{display:flex;flex-wrap:wrap;gap:8px 26px;margin:0 0 18px}.facts dd{font-size:14.5px;font-variant-numeric:tabular-nums}
.strip{margin:0 0 14px}.strip svg{height:56px;background:var(--tint);border-radius:4px}.strip rect{fill:var(--quiet);cursor:pointer}.strip rect:hover,.strip rect.open{fill:var(--model)}
.matrix{position:relative;max-width:420px}.matrix canvas{display:block;width:100%;aspect-ratio:1;image-rendering:pixelated;border-radius:4px;background:var(--tint);cursor:crosshair}
.matrix figcaption{min-height:2.9em;margin-top:6px}
.wide{overflow-x:auto}.wide+.remark{margin-top:12px}
tr.open td{background:var(--tint)}td button{font-weight:600;text-align:left}td small{color:var(--quiet);font-weight:400}
.usage{min-width:130px}.usage .track{display:inline-block;width:80px;height:8px;margin-right:8px;background:var(--tint);border-radius:2px;vertical-align:middle}.bar{display:block;height:100%;background:var(--model);border-radius:2px}
.plain{color:var(--model);margin-top:10px}
.edits{display:flex;flex-wrap:wrap;gap:10px 12px;align-items:center;margin:14px 0 18px}
.edits button,select{font:inherit;font-size:14.5px;padding:6px 12px;border:1px solid var(--rule);border-radius:6px;background:var(--paper);color:var(--ink);max-width:170px}
.edits button:disabled{opacity:.5;cursor:default}.edits button:enabled:hover{border-color:var(--model);color:var(--model)}
.slider{display:flex;align-items:center;gap:8px;font-variant-numeric:tabular-nums}.slider input{accent-color:var(--model);width:150px}
.outcome{max-width:640px;margin:6px 0 10px}.outcome td{white-space:normal}
@media (max-width:760px){.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:18px 20px}.reading{grid-template-columns:minmax(0,1fr)}.grid li{grid-template-columns:34px repeat(var(--heads),minmax(0,1fr)) 30px;gap:2px}.grid{gap:2px}.grid button{height:34px;font-size:9px}.grid .row,.grid .mean{font-size:10.5px}.matrix{max-width:none}th,td{padding-right:8px;white-space:normal}.keys{font-size:13px}.keys th{font-size:12px}.keys td{overflow-wrap:break-word}.keys .number,.keys .usage{white-space:nowrap}.keys th.number{white-space:normal}.usage{min-width:0}.usage .track{display:none}.tokens button{padding:3px 7px}}
@media (max-width:360px){.keys th,.keys td{padding-right:5px;font-size:11.5px;overflow-wrap:anywhere}}
`;

/**
 * The X-ray as one HTML file that opens offline: data, style and kernel are in it.
 *
 * @param script  the page's own program: `dist/live.js` of this package
 *
 * @example
 * const head = { q: matrix([[1, 0], [0, 1]]), k: matrix([[9, 0], [0, 9]]), v: null };
 * const report = xrayReport({ read: xray({ ...head, scale: 1 }), model: 'mine', kind: 'tensors' });
 * const page = xrayPage({ report, tensors: [headTensors({ layer: 0, head: 0, ...head }, 1)] }, 'console.log(1)');
 * page.includes('<title>X-ray of mine</title>'); // true
 */
export function xrayPage({ report, tensors }: PageData, script: string): string {
  const { model, kind, text, tokens, heads, layers } = report;
  const count = `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}, ${heads.length} ${heads.length === 1 ? 'head' : 'heads'}, ${tokens.length} ${tokens.length === 1 ? 'query' : 'queries'}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>X-ray of ${model}</title>
<link rel="icon" href="data:,">
<style>${markup(style)}</style>
</head>
<body>
<header>
<p class="name">mixtention</p>
<h1>X-ray of ${model}</h1>
<p class="lede">Every attention head is a mixture: keys are components, each query is a datum, a softmax row is its posterior. ${count} (${kind}).</p>
${text === null ? null : html`<p class="quote">${text}</p>`}
</header>
<section id="model"><h2>All heads</h2><p>How many components the queries can be told apart by: a head that averages has one, a head that looks up has as many as keys.</p><div data-view="grid"></div></section>
<section id="head"><div data-view="head"></div></section>
<section id="reading"><h2>What each token reads</h2><div class="reading"><div><div data-view="tokens"></div><div data-view="query"></div><div data-view="strips"></div></div>
<figure class="matrix"><canvas role="img" aria-label="Rows of the head: queries down, keys across"></canvas><figcaption>Rows are queries, columns keys; a point tells its share.</figcaption></figure></div></section>
<section id="keys"><h2>Its keys</h2><div data-view="keys"></div></section>
<section id="what-if"><h2>What if</h2><div data-view="what-if" aria-live="polite"></div></section>
<section id="words"><h2>Words</h2><dl class="words">
<div><dt>Responsibility</dt><dd>The share of a query that a key has: the probability that this component made it. A row of the softmax is one query’s.</dd></div>
<div><dt>Effective components</dt><dd>exp of the entropy of a row: how many keys share a query. Dictionary: the same of the mean row, how many keys the head uses over all queries.</dd></div>
<div><dt>Distinguishable components</dt><dd>Dictionary over effective components: how many keys the queries can be told apart by. One where every query reads the same.</dd></div>
<div><dt>Evidence L</dt><dd>The log-sum-exp of the scores, what the softmax divides by: how well the keys together explain a query, up to what belongs to the query alone.</dd></div>
<div><dt>Gauge</dt><dd>Many Gaussian mixtures have the same softmax. A gauge picks one: in the paper gauge means are the keys, the fitted one makes these queries likeliest. Only then are there a prior and a density.</dd></div>
<div><dt>Surprise</dt><dd>−log density of a query under the other keys: high where a token asks for what no other offers.</dd></div>
<div><dt>First key</dt><dd>Transformers learn to put what a head has no use for on their first token. A sink is the same without a token: a null component of value 0.</dd></div>
<div><dt>Nat</dt><dd>The unit of entropy and log probability: one nat is a factor of e = 2.7, 2.3 nats are a factor of ten.</dd></div>
<div><dt>Length</dt><dd>How long a vector is that is added to the stream, mean over queries: of an output, or of its change.</dd></div>
</dl></section>
<footer><p>Responsibilities, entropies and what edits do to outputs are facts of the head. Priors and densities hold in a gauge, which is named: other mixtures have the same softmax. A weight says which component made the query, not how important a key is. Lengths are in the stream for Transformers, else in the units of the values.</p></footer>
<script type="application/json" id="data">${asJson({ report, tensors })}</script>
<script>${markup(script.replaceAll('</script', '<\\/script'))}</script>
</body>
</html>
`.html;
}

/** JSON that no parser of HTML can leave too early. */
function asJson(data: PageData): Html {
  return markup(JSON.stringify(data).replaceAll('<', '\\u003c'));
}
