import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { palettes, propertiesOf } from '@mixtention/core/page';
import { fit, fitBayes, kMeans } from '@mixtention/em';
import { writeFileAtomic } from '@mixtention/files';
import { dirichletProcess, faithful, type MixtureModel } from '@mixtention/mixture';
import type { FaithfulResult } from '../main-job/results.ts';
import { scatterChart } from '../page/sections/scatter-chart.ts';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';

type Panel = { readonly title: string; readonly components: FaithfulResult['components'] };

/** Components of less weight are not drawn: they have died. */
const LEAST_WEIGHT = 0.005;
const [COLUMNS, WIDTH, HEIGHT, TITLE] = [3, 430, 310, 30];
/** A prior that expects components of 0.14 by 2 minutes, as sure of it as of 20 rows: the Dirichlet process keeps many. */
const SMALL = {
  mean: [3.49, 70.9],
  shrinkage: 0.01,
  degrees: 20,
  inverseScale: [
    [20 * 0.14 ** 2, 0],
    [0, 20 * 2 ** 2],
  ],
};

/** `npm run picture:guide`: the same rows through every method of `docs/from-k-means-to-dirichlet-process.md`, drawn beside it. */
await runCommand(async () => {
  const target = join(repository, 'docs', 'from-k-means-to-dirichlet-process.svg');
  await mkdir(join(repository, 'docs'), { recursive: true });
  await writeFileAtomic(target, drawing(await panels()));
  console.log(relative(repository, target));
});

async function panels(): Promise<Panel[]> {
  const x = faithful();
  const groups = await kMeans(x, { components: 3 });
  const circles = Array.from({ length: 3 }, (_, k) => ({
    weight: groups.counts[k]! / x.rows,
    mean: [...groups.centers.data.subarray(2 * k, 2 * k + 2)],
    covariance: spreadOf(groups.labels, k),
  }));
  const many = { components: 10 };
  const small = { family: SMALL, weights: dirichletProcess(1) };
  return [
    { title: 'k-means, three groups', components: circles },
    { title: 'EM, three components', components: componentsOf((await fit(x, { components: 3 })).model) },
    { title: 'EM, ten', components: componentsOf((await fit(x, many)).model) },
    { title: 'MAP, ten', components: componentsOf((await fit(x, { ...many, prior: 'weak' })).model) },
    {
      title: 'variational Bayes, ten, concentration 0.001',
      components: componentsOf((await fitBayes(x, { ...many, prior: { concentration: 0.001 } })).model),
    },
    {
      title: 'Dirichlet process, at most ten',
      components: componentsOf((await fitBayes(x, { ...many, prior: { weights: dirichletProcess(1) } })).model),
    },
    {
      title: 'moves, from one',
      components: componentsOf((await fitBayes(x, { components: 1, moves: 'all' })).model),
    },
    { title: 'moves, from ten', components: componentsOf((await fitBayes(x, { ...many, moves: 'all' })).model) },
    {
      title: 'Dirichlet process that expects small groups',
      components: componentsOf((await fitBayes(x, { components: 20, prior: small })).model),
    },
  ];
}

/** Covariance of the rows of a group, as four numbers. */
function spreadOf(labels: ArrayLike<number>, group: number): number[] {
  const { data } = faithful();
  const rows = Array.from(labels, (label, n) => ({ label, x: data[2 * n]!, y: data[2 * n + 1]! })).filter(
    ({ label }) => label === group,
  );
  const mean = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const xy = mean(({ x, y }) => (x - mx) * (y - my));
  return [mean(({ x }) => (x - mx) ** 2), xy, xy, mean(({ y }) => (y - my) ** 2)];
}

function componentsOf({ weights, means, covariances }: MixtureModel): FaithfulResult['components'] {
  return Array.from(weights, (weight, k) => ({
    weight,
    mean: [...means.data.subarray(2 * k, 2 * k + 2)],
    covariance: [...covariances![k]!.data],
  })).filter(({ weight }) => weight > LEAST_WEIGHT);
}

/** All panels in one drawing, which follows the colors of whoever looks at it. */
function drawing(all: readonly Panel[]): string {
  const { data } = faithful();
  const rows = Array.from({ length: data.length / 2 }, (_, n) => [data[2 * n]!, data[2 * n + 1]!] as const);
  const rowHeight = HEIGHT + TITLE;
  const cells = all.map(({ title, components }, i) => {
    const [left, top] = [(i % COLUMNS) * WIDTH, Math.floor(i / COLUMNS) * rowHeight];
    return `<text x="${left + 6}" y="${top + 20}" font-size="16" font-weight="600" fill="var(--ink)">${title}</text><g transform="translate(${left} ${top + TITLE})" color="var(--quiet)">${scatterChart({ rows, components }).html}</g>`;
  });
  const [width, height] = [COLUMNS * WIDTH, Math.ceil(all.length / COLUMNS) * rowHeight];
  const style = `:root{${propertiesOf(palettes.light)}}@media (prefers-color-scheme:dark){:root{${propertiesOf(palettes.dark)}}}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui,sans-serif"><title>Old Faithful by ${all.map(({ title }) => title).join('; ')}</title><style>${style}</style><rect width="${width}" height="${height}" fill="var(--paper)"/>${cells.join('')}</svg>\n`;
}
