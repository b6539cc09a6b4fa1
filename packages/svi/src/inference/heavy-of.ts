import { latentsOf, type Model } from '../model/index.ts';
import type { Approximation } from '../report/index.ts';

/** Names of latents whose values are whole numbers or one-hot, be they drawn, scored or summed out: draws of these are bounded, and have no heavy tail. */
export function discreteNames<Data>(model: Model<Data>, data: Data): ReadonlySet<string> {
  const latents = latentsOf(model.whole ?? model, data);
  return new Set(latents.flatMap(({ name, transform }) => (transform === 'none' ? [name] : [])));
}

/** What is told, without them among the sites whose deviations are not known. */
export const heavyBeside = <Told extends Pick<Approximation, 'heavySites'>>(
  told: Told,
  discrete: ReadonlySet<string>,
): Told => ({ ...told, heavySites: told.heavySites.filter((name) => !discrete.has(name)) });
