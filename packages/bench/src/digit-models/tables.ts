import { decimal } from '@mixtention/core/page';
import { table } from '../speed/table.ts';
import type { DigitModels, FromScratch, PublishedNats } from './results.ts';

/** The tables as a terminal shows them. */
export function tables({ data, completion, joint, published, fromScratch }: DigitModels): string {
  const theirs = ({ name, sign, value, source }: PublishedNats): string[] => [
    `${name} (${source})`,
    `${sign}${sign === '' ? '' : ' '}${decimal(value)}`,
  ];
  return [
    `${data}; unseen images, nats an image; scales and smoothing chosen on validation images, sizes tuned on none of the test images`,
    table([
      ['lower half given upper half', 'exact', 'pixel by pixel', 'keys', 'logit scale', 'seconds'],
      ...completion.map(({ model, keys, logitScale, nats, marginalNats, seconds }) => [
        model,
        decimal(nats),
        marginalNats === null ? 'needs samples' : decimal(marginalNats),
        String(keys),
        String(logitScale),
        seconds.toFixed(0),
      ]),
      ...published.completion.map((one) => [...theirs(one), '', '', '', '']),
    ]),
    table([
      ['whole image', 'nats', 'seconds'],
      ...joint.map(({ model, nats, seconds }) => [model, decimal(nats), seconds.toFixed(0)]),
      ...published.joint.map((one) => [...theirs(one), '']),
    ]),
    ...(fromScratch === undefined ? [] : [fromScratchTable(fromScratch)]),
  ].join('\n\n');
}

function fromScratchTable({ models, machine, backend }: FromScratch): string {
  return [
    `trained from scratch, or fitted: ${backend}, ${machine.cores} cores of ${machine.cpu}, load ${machine.loadAverage.toFixed(1)} when it began`,
    table([
      ['lower half given upper half', 'keys', 'logit scale', 'exact', 'pixel by pixel', 'passes', 'seconds', 'of CPU'],
      ...models.map(({ model, keys, logitScale, nats, marginalNats, passes, seconds, cpuSeconds }) => [
        model,
        String(keys),
        String(logitScale),
        decimal(nats),
        decimal(marginalNats),
        String(passes),
        seconds.toFixed(0),
        cpuSeconds.toFixed(0),
      ]),
    ]),
  ].join('\n');
}
