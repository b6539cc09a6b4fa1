import { baseStyle } from '@mixtention/core/page';

/** The style sheet of a posterior's page. */
export const pageStyle: string = `${baseStyle}
h1{font-size:clamp(30px,4.6vw,46px);letter-spacing:-.025em}
.lede{font-size:17px;margin:16px 0 0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:14px 20px;margin-top:28px;padding-top:18px;border-top:1px solid var(--rule)}
.facts dt{color:var(--quiet);font-size:13.5px}.facts dd{font-size:14px;font-variant-numeric:tabular-nums}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:32px 56px;margin-top:20px;align-items:start}
.two figcaption,.site figcaption{margin-bottom:10px}
svg{overflow:visible;max-width:600px}
.label{fill:var(--quiet);font-size:13px}.member{fill:var(--ink);font-size:13px}
.tick,.axis{stroke:var(--quiet)}.grid{stroke:var(--rule)}
.told{color:var(--model)}.guide{color:var(--quiet)}
.told .thin,.guide .thin{stroke:currentColor;stroke-width:1.5}.told .thick,.guide .thick{stroke:currentColor;stroke-width:5}.guide .thick{stroke-width:3}
.told circle{fill:var(--paper);stroke:currentColor;stroke-width:2}.guide circle{fill:var(--paper);stroke:currentColor;stroke-width:1.3}.guide circle{r:2.6px}
.bar{fill:var(--model);opacity:.55}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(248px,1fr));gap:30px 40px;margin:22px 0}
.number-card figcaption{display:flex;flex-wrap:wrap;gap:0 10px;align-items:baseline;color:var(--ink);font-size:15px}.moments{margin-left:auto;font-variant-numeric:tabular-nums}
.heavy{color:var(--adam);font-weight:600;font-size:13px}
.two .site{margin:0}.site figcaption b{color:var(--ink);font-size:15px}
.wide-band{fill:var(--model);opacity:.22}.narrow-band{fill:var(--model);opacity:.42}.median{fill:none;stroke:var(--model);stroke-width:1.4}
.guide-edge{fill:none;stroke:var(--quiet);stroke-width:1.1;stroke-dasharray:4 3}
.zone{stroke:var(--paper)}.zone.good{fill:var(--model);opacity:.22}.zone.usable{fill:var(--model);opacity:.1}.zone.beyond{fill:var(--adam);opacity:.22}
.pointer{fill:currentColor}.pointed{fill:currentColor;font-size:13px;font-weight:600}
.steps{fill:none;stroke:var(--model);stroke-width:1.8}.bound{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:7 4}.evidence{stroke:var(--adam);stroke-width:1.8;stroke-dasharray:2 3}
.fall{stroke:var(--quiet);stroke-dasharray:1 3}
.key{display:flex;flex-wrap:wrap;gap:4px 22px;color:var(--quiet);font-size:14px;margin:8px 0 0}
.key i{display:inline-block;width:26px;border-top:2px solid;margin-right:7px;vertical-align:middle}
.key .k-told{color:var(--model);border-top-width:4px}.key .k-guide{color:var(--quiet)}.key .k-bound{color:var(--ink);border-top-style:dashed}.key .k-evidence{color:var(--adam);border-top-style:dotted}.key .k-steps{color:var(--model)}
.wide{overflow-x:auto;margin-top:16px}.two td:first-child{white-space:normal;overflow-wrap:anywhere}
details summary{cursor:pointer;color:var(--model);font-size:15px}
.doubt{border-left:3px solid var(--adam);padding-left:14px;margin-top:18px}
@media (max-width:760px){.two{grid-template-columns:minmax(0,1fr)}}
`;
