import { type Html, html } from '@mixtention/core/page';
import type { Results, Target } from '../../main-job/results.ts';

/** Every figure with a target, measured in this run. */
export function targetsSection({ targets }: Results): Html {
  const met = targets.filter((target) => target.met).length;
  return html`<section id="targets">
<h2>Figures and their targets</h2>
<p>${met === targets.length ? `All ${met}` : `${met} of ${targets.length}`} met in this run, on the machine named above.</p>
<table class="targets"><thead><tr><th scope="col">figure</th><th scope="col" class="number">measured</th><th scope="col">target</th><th scope="col" class="number">met</th></tr></thead>
<tbody>${targets.map(row)}</tbody></table>
</section>`;
}

function row({ name, text, target, met }: Target): Html {
  return html`<tr class="${met ? 'met' : 'missed'}"><td>${name}</td><td class="number"><b>${text}</b></td><td class="quiet">${target}</td><td class="number">${met ? 'met' : 'not met'}</td></tr>`;
}
