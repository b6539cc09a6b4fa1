import { palettes, propertiesOf } from './palette.ts';

/** What all pages of this house share: colors in the light and in the dark, system fonts, one column. */
export const baseStyle: string = `
:root{color-scheme:light dark;${propertiesOf(palettes.light)}}
@media (prefers-color-scheme:dark){:root{${propertiesOf(palettes.dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1128px;padding:56px 24px 72px;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%;overflow-wrap:break-word}
h1,h2,h3{line-height:1.15;letter-spacing:-.015em;text-wrap:balance;margin:0}
h2{font-size:clamp(24px,3vw,30px);margin-bottom:10px}
h3{font-size:18px;margin-bottom:8px}
p{margin:0 0 12px;max-width:66ch;text-wrap:pretty}
code{font:.94em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
figure,ol,ul,dl,dd{margin:0;padding:0}
ol,ul{list-style:none}
svg{display:block;width:100%;height:auto}
.name{font-weight:650;color:var(--model);margin-bottom:14px}
section{margin-top:76px}
.remark,figcaption{color:var(--quiet);font-size:14px}
table{border-collapse:collapse;width:100%;font-size:14.5px;font-variant-numeric:tabular-nums}
th{font-weight:400;color:var(--quiet);font-size:13.5px;vertical-align:bottom}
th,td{padding:7px 18px 7px 0;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
th.number,td.number{text-align:right}
th:last-child,td:last-child{padding-right:0}
.words{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:18px 36px}.words dt{font-weight:600;font-size:14.5px}.words dd{color:var(--quiet);font-size:14px;line-height:1.5}
footer{margin-top:76px;padding-top:18px;border-top:1px solid var(--rule);color:var(--quiet);font-size:14px}
footer p{max-width:80ch}
@media (max-width:960px){.words{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
@media (max-width:640px){.words{grid-template-columns:minmax(0,1fr)}}
@media (max-width:760px){body{padding:32px 20px 56px}section{margin-top:56px}}
`;
