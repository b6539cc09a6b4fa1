import { duration, type Html, html } from '@mixtention/core/page';
import type { Results } from '../../main-job/results.ts';

/** Where the time went, and how to make this page again. */
export function footer({ stages, seconds, format, version }: Results): Html {
  return html`<footer>
<p>Made by <code>npm start</code> in ${duration(seconds)}: ${stages.map(({ name, seconds: own }, i) => html`${i > 0 ? ', ' : ''}${name} ${duration(own)}`)}.</p>
<p>Every number and picture is also in <code>results.json</code> beside this page (${format}, version ${version}).</p>
</footer>`;
}
