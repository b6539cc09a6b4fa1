import { expect, test } from 'vitest';
import { html, markup } from './html.ts';

test('text is escaped, markup is not, lists are joined, null is nothing', () => {
  const items = ['a', 'b'].map((item) => html`<li>${item}</li>`);
  expect(html`<p title="${'"quoted" & \'more\''}">${'<b>'}${markup('<i>')}${null}${3}</p>${items}`.html).toBe(
    '<p title="&quot;quoted&quot; &amp; &#39;more&#39;">&lt;b&gt;<i>3</p><li>a</li><li>b</li>',
  );
});

test('a number stays on one line with its unit and its sign, words part as they like', () => {
  expect(html`${'1 min 24 s, 848 ms, 89 % of 12 models'}`.html).toBe(
    '1\u00a0min 24\u00a0s, 848\u00a0ms, 89\u00a0% of 12 models',
  );
  expect(html`${'−435.09 ± 0.01, ≤ −435, K = 10, a = b'}`.html).toBe(
    '−435.09 ±\u00a00.01, ≤\u00a0−435, K =\u00a010, a = b',
  );
});
