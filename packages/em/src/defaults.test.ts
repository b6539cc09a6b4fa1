import { readFileSync } from 'node:fs';
import { fitDefaults } from '@mixtention/mixture/fit';
import { expect, test } from 'vitest';

test('the table of options in the README names the defaults', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const { family, covariance, start, screen, restarts, seed, maxIterations, tolerance, precision, floor } = fitDefaults;
  for (const row of [
    `| \`family\`, \`covariance\` | \`${family}\`, \`${covariance}\` |`,
    `| \`start\` | \`${start}\` |`,
    `| \`screen\`, \`restarts\`, \`seed\` | ${screen}, ${restarts}, ${seed} |`,
    `| \`maxIterations\`, \`tolerance\` | ${maxIterations}, ${shown(tolerance)} |`,
    `| \`precision\` | \`${precision}\` |`,
    `| \`floor\` | ${shown(floor)} |`,
  ])
    expect(readme).toContain(row);
});

/** As tables write small numbers. */
function shown(value: number): string {
  return value.toExponential();
}
