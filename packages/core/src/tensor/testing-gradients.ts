/**
 * Functions of tfjs whose gradients are compared, as texts: they are run here and in a process that has the gradients of the full library. Each is given
 * `tf` and tensors x `[2, 3]`, y `[2, 3]` (positive), image `[1, 4, 4, 2]`, and is differentiated by all that it names.
 */
export const differentiable: readonly string[] = [
  ...['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'squaredDifference', 'pow', 'mod', 'atan2', 'prelu'].map(
    (name) => `(y, x) => tf.${name}(y, x)`,
  ),
  ...['abs', 'neg', 'square', 'exp', 'expm1', 'sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh', 'atan', 'asinh'].map(
    (name) => `(x) => tf.${name}(x)`,
  ),
  ...['relu', 'relu6', 'elu', 'selu', 'sigmoid', 'softplus', 'softmax', 'logSoftmax', 'erf', 'leakyRelu', 'sign'].map(
    (name) => `(x) => tf.${name}(x)`,
  ),
  ...['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'].map((name) => `(y) => tf.${name}(y)`),
  ...['acos', 'asin', 'atanh'].map((name) => `(y) => tf.${name}(tf.div(y, 9))`),
  '(y) => tf.acosh(tf.add(y, 1))',
  ...['floor', 'ceil', 'round', 'step', 'zerosLike', 'onesLike'].map((name) => `(x) => tf.${name}(x)`),
  ...['sum', 'mean', 'max', 'min', 'prod', 'logSumExp'].flatMap((name) => [
    `(y) => tf.${name}(y)`,
    `(y) => tf.${name}(y, 1)`,
    `(y) => tf.${name}(y, [0], true)`,
  ]),
  '(x, y) => tf.addN([x, y, tf.square(x)])',
  '(x) => tf.add(x, tf.sum(x, 0))',
  '(x, y) => tf.matMul(x, y, false, true)',
  '(x, y) => tf.matMul(x, y, true, false)',
  '(x, y) => tf.matMul(tf.stack([x, y]), tf.stack([y, x]), true)',
  '(x) => tf.cast(tf.cast(x, "float32"), "float32")',
  '(x) => tf.clipByValue(x, -1, 1)',
  '(x) => tf.concat([x, tf.square(x)], 1)',
  '(x) => tf.cumsum(x, 1, true, true)',
  '(x) => tf.expandDims(x, 1)',
  '(x) => tf.gather(x, tf.tensor1d([1, 0, 1], "int32"))',
  '(x) => tf.gather(x, tf.tensor1d([2, 0], "int32"), 1)',
  '(x) => tf.mirrorPad(x, [[0, 0], [1, 1]], "reflect")',
  '(x) => tf.pad(x, [[1, 0], [0, 2]])',
  '(x) => tf.broadcastTo(tf.sum(x, 0, true), [4, 3])',
  '(x) => tf.reshape(x, [3, 2])',
  '(x) => tf.reverse(x, 1)',
  '(x) => tf.slice(x, [0, 1], [2, 2])',
  '(x) => tf.split(x, 3, 1)[1]',
  '(x) => tf.stack([x, tf.neg(x)])',
  '(x) => tf.tile(x, [2, 1])',
  '(x) => tf.transpose(x)',
  '(x) => tf.unstack(x, 1)[2]',
  '(x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 1], "int32"), 3)',
  '(x, y) => tf.where(tf.greater(x, 0), x, y)',
  '(image) => tf.avgPool(image, 2, 1, "same")',
  '(image) => tf.maxPool(image, 2, 2, "valid")',
  '(image) => tf.conv2d(image, tf.slice(tf.reshape(image, [2, 2, 2, 4]), [0, 0, 0, 0], [2, 2, 2, 3]), 1, "same")',
  '(image) => tf.depthwiseConv2d(image, tf.slice(tf.reshape(image, [2, 2, 2, 4]), [0, 0, 0, 0], [2, 2, 2, 1]), 1, "same")',
  '(image) => tf.batchNorm(image, tf.mean(image, [0, 1, 2]), tf.add(tf.square(tf.mean(image, [0, 1, 2])), 1))',
  '(image) => tf.localResponseNormalization(image)',
  '(image) => tf.image.resizeBilinear(image, [8, 8])',
  '(image) => tf.spaceToBatchND(image, [2, 2], [[0, 0], [0, 0]])',
];

/** Gradients of all of them as numbers, or the reason why there are none, in one text; plain JavaScript, since it runs in another process too. */
export const gradientsOf = `async (tf, sources) => {
  await tf.setBackend('wasm');
  await tf.ready();
  const given = {
    x: tf.tensor2d([0.5, -1.25, 2, -0.75, 1.5, -3], [2, 3]),
    y: tf.tensor2d([1.5, 0.25, 0.75, 2, 1.25, 0.5], [2, 3]),
    image: tf.tensor4d(Array.from({ length: 32 }, (_, i) => Math.sin(i * i + 1)), [1, 4, 4, 2]),
  };
  return sources.map((source) => {
    const names = source.slice(1, source.indexOf(')')).split(', ');
    const f = new Function('tf', 'return ' + source)(tf);
    const weighted = (...tensors) => {
      const value = f(...tensors);
      const weights = tf.reshape(tf.sin(tf.range(1, value.size + 1)), value.shape);
      return tf.sum(tf.mul(value, weights));
    };
    try {
      return tf.grads(weighted)(names.map((name) => given[name])).map((g) => Array.from(g.dataSync()));
    } catch (error) {
      return String(error.message).split('\\n')[0];
    }
  });
}`;
