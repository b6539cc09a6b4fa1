import { baseStyle } from '@mixtention/core/page';

export const completionStyle: string = `${baseStyle}
h1{font-size:clamp(32px,5.4vw,54px);letter-spacing:-.028em;max-width:16em}
.lede{font-size:18px;max-width:66ch;margin:14px 0 0}
.about{margin-top:10px}
section{margin-top:64px}section:first-of-type{margin-top:40px}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
button:focus-visible,select:focus-visible,input:focus-visible,canvas:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--model);outline-offset:2px;border-radius:4px}
.tools{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin:0 0 10px}.tools .label{color:var(--quiet);font-size:13.5px;min-width:4.6em}
.choice,.tools button{font-size:13.5px;line-height:1.3;padding:6px 11px;border:1px solid var(--rule);border-radius:999px;background:var(--paper)}
.choice[aria-pressed=true],.tools .main,.tools [aria-pressed=true]{background:var(--model);border-color:var(--model);color:var(--paper)}
.choice:hover,.tools button:enabled:hover{border-color:var(--model)}.tools button:disabled{opacity:.45;cursor:default}.tools .main:disabled{opacity:.6}
.plain{color:var(--model);text-decoration:underline;text-underline-offset:3px}
.rows{display:flex;flex-wrap:wrap;gap:8px;align-items:center}.thumb{width:54px;padding:3px;border:1px solid var(--rule);border-radius:6px}.thumb[aria-pressed=true]{outline:2px solid var(--model);outline-offset:1px}
canvas{display:block;width:100%;height:auto;image-rendering:pixelated;background:var(--tint);border-radius:4px}
.story{font-size:17px;max-width:78ch;min-height:3.1em;margin:0 0 26px;padding-left:14px;border-left:3px solid var(--model)}
.stage{display:grid;grid-template-columns:minmax(0,1.15fr) minmax(0,1fr) minmax(0,1.15fr);gap:40px 44px;align-items:start}
.step{min-width:0}.step h2{font-size:19px;margin-bottom:12px}.step h2 span{color:var(--model);margin-right:.45em}
#query{cursor:crosshair;touch-action:none;border:1px solid var(--rule)}.drawn{margin-bottom:12px}.drawn figcaption{margin-top:6px;min-height:2.8em}
.components{display:grid;gap:6px;margin-bottom:10px}.components button{display:grid;grid-template-columns:44px 1fr 62px;gap:12px;align-items:center;width:100%;text-align:left;border-radius:6px}.components canvas{width:44px}
.components button[aria-pressed=true]{background:var(--tint)}.components button:hover .bar{opacity:.8}
.track{height:12px;background:var(--tint);border-radius:2px;overflow:hidden}.bar{display:block;height:100%;min-width:1px;background:var(--model);border-radius:2px;transition:width .12s}.share{text-align:right;white-space:nowrap;font-size:14px;font-variant-numeric:tabular-nums}
.large figcaption,.truth figcaption{margin-top:6px}.pair{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,1.1fr);gap:14px;margin-top:14px}.draws{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:8px;margin-bottom:6px}
.open{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.6fr);gap:24px 56px;align-items:start}
.two{display:grid;grid-template-columns:1fr 1fr;gap:14px;margin-bottom:14px}.two figcaption{margin-top:6px}
.split{display:flex;height:12px;border-radius:2px;overflow:hidden;background:var(--tint);margin:0 0 8px}td .split{width:110px;margin:0}
.between{background:var(--adam)}.within{background:var(--descent)}.pro{background:var(--model)}.against{background:var(--adam)}
.swatch{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 5px 0 0}figcaption .swatch+.swatch,.remark .swatch~.swatch{margin-left:10px}
.tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:22px 32px}.tiles dt{color:var(--quiet);font-size:13.5px}.tiles b{display:block;font-size:26px;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums}.tiles small{display:block;color:var(--quiet);font-size:12.5px;line-height:1.4}
.absent{opacity:.62}.absent dt,p.absent{font-style:italic}
.slide{display:grid;gap:4px;margin-top:18px;padding-top:14px;border-top:1px solid var(--rule)}.slide label{font-size:15px;font-weight:600;font-variant-numeric:tabular-nums}.slide label small{font-weight:400;color:var(--quiet);font-size:13.5px;margin-left:6px}.revealing{margin-top:14px;padding-top:14px;border-top:1px solid var(--rule)}.revealing p{margin:0}.chart svg{cursor:pointer;touch-action:pan-y}.slide input{width:100%;accent-color:var(--model);height:28px;margin:0}
.chart{margin:18px 0 0}.chart figcaption{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:8px}
svg{overflow:visible}.grid{stroke:var(--rule);stroke-width:1}.tick{fill:var(--quiet);font-size:12px;font-variant-numeric:tabular-nums}
path{fill:none;stroke-width:2}path.joint{stroke:var(--model)}path.marginal{stroke:var(--descent);stroke-dasharray:2 4;stroke-linecap:round}path.file{stroke:var(--adam)}circle.file{fill:var(--adam)}circle.best{fill:var(--paper);stroke:var(--model);stroke-width:2.5}
path.told{fill:var(--model);opacity:.75}path.left{fill:var(--model);opacity:.2}
.mark{stroke:var(--quiet);stroke-dasharray:3 3}.now{stroke:var(--ink);stroke-width:1.5}line.whole{stroke:var(--ink);stroke-dasharray:6 4}
.line{display:inline-block;width:20px;height:0;border-top:2.5px solid var(--model);vertical-align:middle;margin-right:6px}.line.marginal{border-top-style:dotted;border-color:var(--descent)}.line.file{border-color:var(--adam)}.line.whole{border-top:2px dashed var(--ink)}
.area{display:inline-block;width:14px;height:11px;border-radius:2px;margin-right:6px;background:var(--model)}.area.told{opacity:.75}.area.left{opacity:.25}
.duel{display:grid;grid-template-columns:repeat(3,minmax(0,190px));gap:24px;margin:18px 0 14px}.duel figcaption{margin-top:6px}
.formula{background:var(--tint);border-radius:6px;padding:14px 22px;margin:30px 0 0}.formula p{max-width:none;margin:0;font:16.5px/1.9 Cambria,"STIX Two Text","Times New Roman",serif}.formula span{display:inline-block;margin-right:30px}.formula sub{font-size:.72em;line-height:0;font-style:italic}
.wide{overflow-x:auto}.cells{max-height:480px;overflow:auto;margin-bottom:8px}.cells th,.cells td{padding-right:11px}.cells td.model{color:var(--model);font-weight:600}.cells tr.seen td{background:var(--tint)}.cells label{display:flex;gap:8px;align-items:center;cursor:pointer}.cells input{accent-color:var(--model)}
@media (max-width:960px){.stage{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.open{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:18px 20px}}
@media (max-width:640px){.stage,.open{grid-template-columns:minmax(0,1fr)}section{margin-top:48px}.duel{gap:12px}.formula p{font-size:15px}.choice,.tools button{padding:8px 12px}.thumb{width:46px}.cells th,.cells td{padding-right:10px;font-size:13px}.cells td:nth-child(n+5),.cells th:nth-child(n+5){display:none}}
@media (prefers-reduced-motion:reduce){.bar{transition:none}}
`;
