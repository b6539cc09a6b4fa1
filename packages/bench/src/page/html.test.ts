import { expect, test } from 'vitest';
import { html, markup } from './html.ts';

test('text is escaped, markup is not, lists are joined, null is nothing', () => {
  const items = ['a', 'b'].map((item) => html`<li>${item}</li>`);
  expect(html`<p title="${'"quoted" & \'more\''}">${'<b>'}${markup('<i>')}${null}${3}</p>${items}`.html).toBe(
    '<p title="&quot;quoted&quot; &amp; &#39;more&#39;">&lt;b&gt;<i>3</p><li>a</li><li>b</li>',
  );
});
