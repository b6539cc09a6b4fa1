import { html } from '@mixtention/core/page';
import type { Results } from '../main-job/results.ts';
import { bayesSection } from './sections/bayes.ts';
import { completionSection } from './sections/completion.ts';
import { componentsSection } from './sections/components.ts';
import { digitModelsSection } from './sections/digit-models.ts';
import { estimatorsSection } from './sections/estimators.ts';
import { footer } from './sections/footer.ts';
import { header } from './sections/header.ts';
import { rooflineSection } from './sections/roofline.ts';
import { targetsSection } from './sections/targets.ts';
import { trainingSection } from './sections/training.ts';
import { variationalSection } from './sections/variational.ts';
import { style } from './style.ts';

/**
 * The report as one HTML file that needs nothing else: styles, pictures and drawings are in it, it runs no script and asks for no other file.
 *
 * @param results  what the main job found, or what `results.json` holds
 */
export function page(results: Results): string {
  const body = [
    header(results),
    completionSection(results),
    digitModelsSection(results),
    componentsSection(results),
    trainingSection(results),
    bayesSection(results),
    variationalSection(results),
    estimatorsSection(results),
    rooflineSection(results),
    targetsSection(results),
    footer(results),
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>mixtention: mixtures and attention, measured</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`.html;
}
