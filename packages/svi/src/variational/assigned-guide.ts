import { type DiscreteDraw, drawDiscrete } from '../discrete/index.ts';
import { oneHotCategorical } from '../distributions/index.ts';
import { add, matmul, transpose, type Value } from '../graph/index.ts';
import type { Guide } from '../guides/index.ts';
import type { Assigner } from './variational-options.ts';

/** Where q(z) begins: scores of the rows under the components of the start, in numbers. */
export type FirstScores = { readonly statistics: Value; readonly bias: Float64Array; readonly natural: Float64Array };

/**
 * A guide of the parameters, and of assignments beside it: `z_n ~ Cat(softmax(T(x_n)·η + b))`, η and b trained, which is the form that the best q(z) has; or with a trained logit for each row and component.
 */
export function withAssigner(guide: Guide, assigner: Assigner, first: FirstScores, logits: () => Float64Array): Guide {
  return {
    ...guide,
    guidesDiscrete: true,
    make: (tools) => {
      const own = guide.make({ ...tools, latents: tools.latents.filter(({ transform }) => transform !== 'none') });
      const { parameter, relaxed } = tools;
      const [k, n, p] = [first.bias.length, first.statistics.shape[0]!, first.statistics.shape[1]!];
      const all =
        assigner === 'local'
          ? parameter('z.logits', logits(), [n, k])
          : add(
              matmul(first.statistics, transpose(parameter('z.natural', first.natural, [k, p]))),
              parameter('z.bias', first.bias, [k]),
            );
      const drawn: DiscreteDraw[] = [];
      return {
        ...own,
        provide: (latent) => {
          if (latent.transform !== null) return own.provide(latent);
          const draw = drawDiscrete(latent, oneHotCategorical({ logits: all }), relaxed);
          drawn.push(draw);
          return { value: draw.value };
        },
        discrete: () => drawn,
      };
    },
  };
}
