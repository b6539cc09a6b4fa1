/** Named arrays of float64 numbers: parameters, their gradient, or a change of them; plain data. */
export type Arrays = { readonly [name: string]: Float64Array };

/** What an optimizer remembers between steps; plain data. */
export type OptimizerState = { readonly step: number; readonly memory: { readonly [moment: string]: Arrays } };

/**
 * A rule of descent: a pair of pure functions over plain data. The gradient is that of a loss, so the updates, once added to the
 * parameters, lower it.
 */
export type Optimizer = {
  readonly name: string;
  /** State before the first step, for parameters of these names and lengths. */
  init(parameters: Arrays): OptimizerState;
  /**
   * What to add to the parameters, and the next state. Nothing given is written to.
   *
   * @param parameters  needed by rules that draw them towards 0 (`adamW`) alone
   */
  update(
    gradient: Arrays,
    state: OptimizerState,
    learningRate: number,
    parameters?: Arrays,
  ): { readonly updates: Arrays; readonly state: OptimizerState };
  /**
   * The same step, bit for bit, for whoever owns the arrays: adds the updates to the parameters and overwrites what is remembered. Optional: it spares small
   * models most of a step.
   */
  readonly advance?: (parameters: Arrays, gradient: Arrays, state: OwnedState, learningRate: number) => void;
};

/** A state that a step may overwrite. */
export type OwnedState = { step: number; readonly memory: OptimizerState['memory'] };
