import { baseStyle, DARK_BRIGHTNESS, type Html, markup } from '@mixtention/core/page';

/** The style sheet of the page: system fonts, one column of sections, light and dark. */
export const style: Html = markup(`${baseStyle}
@media (prefers-color-scheme:dark){
img.data{filter:invert(1)}img.model{filter:brightness(${DARK_BRIGHTNESS})}}
h1{font-size:clamp(32px,5.4vw,54px);letter-spacing:-.028em;max-width:16em}
a{color:var(--model)}
img{display:block;width:100%;height:auto;image-rendering:pixelated}
.lede{font-size:clamp(17px,1.7vw,20px);margin:18px 0 14px;max-width:60ch}
.key{color:var(--quiet)}
.swatch{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 4px 0 8px}
.swatch:first-child{margin-left:0}
.swatch.data{background:var(--ink)}.swatch.model{background:var(--model)}
.hero{display:grid;grid-template-columns:1fr 1.9fr 1fr 1fr;gap:10px 44px;margin:44px 0 28px}.hero figure{display:grid;grid-row:span 2;grid-template-rows:subgrid}
.hero .digit{aspect-ratio:1}.hero figcaption{line-height:1.35}.hero figcaption b{display:block;color:var(--ink);font-size:15.5px}
.hero .bars{margin:0;gap:0;align-content:space-between}.hero .bars li{grid-template-columns:30px 1fr 54px;gap:10px}.hero .track,.hero .bar{height:14px}.hero .share{font-size:14px}
.formula{margin:34px 0 0;padding:22px 26px 20px;background:var(--tint);border-radius:6px}
.lines p{margin:0;max-width:none;font:19px/1.7 Cambria,"STIX Two Text","Times New Roman",serif;padding-left:1.4em;text-indent:-1.4em;text-wrap:balance}
.math{white-space:nowrap}.formula sub{font-style:italic}.formula sub,.formula sup{font-size:.72em;line-height:0}
.symbols{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:14px 32px;margin:14px 0 16px}
.symbols dt{font-weight:600;font-size:14.5px}.symbols dd{color:var(--quiet);font-size:14px;line-height:1.5}.formula figcaption{max-width:80ch}
.words{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:16px 36px;margin:20px 0 0}
.words dt{font-weight:600;font-size:14.5px}.words dd{color:var(--quiet);font-size:14px;line-height:1.5}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:14px 32px;margin-top:32px;padding-top:18px;border-top:1px solid var(--rule)}
.facts dt{color:var(--quiet);font-size:13.5px}.facts dd{font-size:14.5px;line-height:1.45}
.nats{color:var(--quiet);font-size:14px}
.cards{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:40px 36px;margin:28px 0 12px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:10px}
.digit{background:var(--tint);border-radius:3px;overflow:hidden}
.pair figcaption{font-size:12.5px;margin-top:3px}
.bars{display:grid;gap:4px;margin:10px 0 8px}
.bars li{display:grid;grid-template-columns:24px 1fr 48px;align-items:center;gap:8px}
.track{height:8px;background:var(--tint);border-radius:2px}
.bar{display:block;height:100%;min-width:1px;background:var(--model);border-radius:2px}
.share{font-size:12.5px;white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}
.nats{font-size:13px;line-height:1.4;margin:0}.nats b{color:var(--ink)}.miss{color:var(--adam);font-weight:600;font-size:13px;line-height:1.4;margin:0}
.split{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:24px 56px;margin-top:44px;align-items:center}
.sheet{margin:28px 0}
.sheet figcaption{margin-bottom:10px}.sheet b{color:var(--ink)}
.sheet ol{display:grid;gap:10px 8px}
.sheet .large{grid-template-columns:repeat(10,1fr);gap:12px}
.sheet .small{grid-template-columns:repeat(auto-fill,minmax(46px,1fr))}
.sheet li span{display:block;text-align:center;color:var(--quiet);font-size:10.5px;line-height:1.3;font-variant-numeric:tabular-nums}
.sheet .large span{font-size:13.5px}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:36px 56px;margin:28px 0}
.charts figcaption{color:var(--ink);font-weight:600;font-size:15px;margin-bottom:6px}
.wide{overflow-x:auto;margin:28px 0 12px}
.split th{white-space:normal}.split .wide{margin:0}
.roofline th{white-space:normal}.roofline td:first-child{white-space:nowrap}.roof{display:inline-block;min-width:52px}.roof .track{display:block;height:4px;margin-top:2px}
.number+.text{padding-left:14px}
.model{color:var(--model)}.adam{color:var(--adam)}.descent{color:var(--descent)}.quiet{color:var(--quiet);font-weight:400}
td b{font-weight:600}
.group th{color:var(--ink);font-weight:600;font-size:14.5px;padding-top:16px}
.targets{margin-top:20px}.targets td:last-child{color:var(--quiet)}
.rows .text,.targets td:first-child,.targets td:nth-child(3){white-space:normal}
.targets .missed td:last-child{color:var(--adam);font-weight:600}
@media (max-width:760px){
.split,.charts,.words{grid-template-columns:minmax(0,1fr)}.symbols{grid-template-columns:repeat(2,minmax(0,1fr))}.formula{padding:18px 18px 16px}.lines p{font-size:17px}
.sheet .large{grid-template-columns:repeat(5,1fr)}
.sheet .small{grid-template-columns:repeat(auto-fill,minmax(42px,1fr))}
.charts figure,.split svg{max-width:520px}
.hero{grid-template-columns:1fr 1fr;gap:10px 28px;max-width:520px}.hero figcaption{margin-bottom:14px}.hero .weights{order:2}.hero figure:nth-child(3){order:3}.hero figure:nth-child(4){order:4}
.cards{grid-template-columns:repeat(auto-fill,minmax(124px,1fr));gap:32px 28px}
.targets thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.targets,.targets tbody,.targets tr,.targets td{display:block}
.targets tr{display:grid;grid-template-columns:8.5em minmax(0,1fr) auto;gap:0 8px;padding:9px 0;border-bottom:1px solid var(--rule)}
.targets td{border:0;padding:0}.targets td:first-child{grid-column:1/-1}.targets td.number{text-align:left}.targets td:last-child{text-align:right}
}
@media (max-width:900px){
.rows thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.rows,.rows tbody,.rows .group,.rows .group th{display:block}
.rows tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:2px 48px;padding:12px 0;border-bottom:1px solid var(--rule)}
.rows th,.rows td{border:0;padding:0;white-space:normal}
.rows td{display:flex;gap:.35em;text-align:right}.rows td:first-child{grid-column:1/-1;text-align:left;margin-bottom:2px}.rows td:empty{display:none}.rows .number>*{white-space:nowrap}
.rows [data-label]::before{content:attr(data-label);margin-right:auto;color:var(--quiet);text-align:left}
.rows .text{padding-left:0}
.rows .group{padding:22px 0 8px}
}
`);
