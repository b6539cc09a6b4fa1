import { defineConfig, type Options } from 'tsup';

/** One build recipe for every package: ESM, flat `dist`, declarations; only the entries differ. */
export const build = (entry: Record<string, string>, options: Options = {}): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    dts: true,
    clean: true,
    sourcemap: true,
    ...options,
  });
