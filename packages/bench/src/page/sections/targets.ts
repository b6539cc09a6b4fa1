import type { Results, Target } from '../../main-job/results.ts';
import { type Html, html } from '../html.ts';

/** Every figure with a target, measured in this run. */
export function targetsSection({ targets }: Results): Html {
  const met = targets.filter((target) => target.met).length;
  return html`<section id="targets">
<h2>Figures and their targets</h2>
<p>${met === targets.length ? `All ${met}` : `${met} of ${targets.length}`} met in this run, on the machine named above.</p>
<ul class="targets">${targets.map(row)}</ul>
</section>`;
}

function row({ name, text, target, met }: Target): Html {
  return html`<li class="${met ? 'met' : 'missed'}"><span class="figure">${name}</span><b class="measured">${text}</b><span class="due">${target}</span><span class="verdict">${met ? 'met' : 'not met'}</span></li>`;
}
