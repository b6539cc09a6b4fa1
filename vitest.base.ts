import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { shareTfjs } from './tfjs.base.ts';

/**
 * Packages of this repository are tested from their sources. A plugin and no export condition: vitest hands conditions on to Node, and
 * worker threads, which run built code, would then look for sources that Node 20 cannot load.
 */
const sources: NonNullable<ViteUserConfig['plugins']>[number] = {
  name: 'mixtention-sources',
  enforce: 'pre',
  resolveId(id: string): string | null {
    const [scope, name, ...path] = id.split('/');
    const home = new URL(`packages/${name}/`, import.meta.url);
    const manifest = new URL('package.json', home);
    if (scope !== '@mixtention' || !existsSync(manifest)) return null;
    const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports: Record<string, { source?: string }> };
    const source = exports[['.', ...path].join('/')]?.source;
    return source === undefined ? null : fileURLToPath(new URL(source, home));
  },
};

/**
 * What measures the memory of its process comes first, while that is fresh; then small files that run for long, else they would end alone: vitest has only
 * sizes to go by where it has not run before.
 */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      [/memory\.test\.ts$/, /\/(conformance|examples|minilm|fused|addon|backend-[a-z-]+)\.test\.ts$/, /./].findIndex(
        (name) => name.test(moduleId),
      );
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/**
 * One test recipe for every package: each file in its own process. Packages whose tests leave nothing behind in theirs say `--no-isolate`: then files share
 * two processes, and what was loaded once.
 */
export default defineConfig({
  plugins: [sources, shareTfjs],
  test: {
    include: ['src/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: InOrder },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
