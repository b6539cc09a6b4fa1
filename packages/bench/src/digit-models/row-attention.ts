import { jointRecipe, ROW_MODEL } from './joint-recipe.ts';
import type { CompletionModel, JointModel } from './results.ts';
import { rowModel } from './row-model.ts';
import { scoreImages } from './score-images.ts';
import type { Setting } from './setting.ts';
import { trainModel } from './train-model.ts';

/** Causal self-attention over rows: a density of whole images, which completes them by the chain rule. */
export async function rowAttention(
  { train, test, tf, backend, signal, folder }: Setting,
  minutes: number,
  show: (text: string) => void,
): Promise<{ readonly joint: JointModel; readonly completion: CompletionModel }> {
  const recipe = jointRecipe(train, tf, backend.name);
  const { parameters, seconds } = await trainModel(recipe, { budget: { minutes }, folder, signal, show });
  const { nats, lowerNats } = scoreImages(rowModel(ROW_MODEL), parameters, test, { ...ROW_MODEL, tf });
  const model = 'causal self-attention over rows';
  const [joint, lower] = [nats, lowerNats].map((each) => each.reduce((sum, own) => sum + own, 0) / test.rows);
  return {
    joint: { model, nats: joint!, seconds },
    completion: {
      model: `${model}, by the chain rule`,
      keys: ROW_MODEL.length,
      logitScale: 1,
      nats: lower!,
      marginalNats: null,
      seconds,
    },
  };
}
