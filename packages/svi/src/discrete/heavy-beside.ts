import { latentsOf, type Model } from '../model/index.ts';

/** Takes what is told of a posterior, without discrete latents among the sites whose deviations are not known: draws of these are bounded, and have no heavy tail, be they drawn, scored or summed out. */
export function heavyBeside<Data>(
  model: Model<Data>,
  data: Data,
): <Told extends { readonly heavySites: readonly string[] }>(told: Told) => Told {
  const latents = latentsOf(model.whole ?? model, data);
  const discrete = new Set(latents.flatMap(({ name, transform }) => (transform === 'none' ? [name] : [])));
  return (told) => ({ ...told, heavySites: told.heavySites.filter((name) => !discrete.has(name)) });
}
