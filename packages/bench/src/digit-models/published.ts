import type { DigitModels } from './results.ts';

/**
 * Figures of others on the same split: static binarisation (Larochelle & Murray 2011), test images, nats. Those of dynamic binarisation are of another data set.
 *
 * Stochastic networks tell sampled bounds; autoregressive models are exact, as ours. DARN's is an estimate, DRAW's a bound, as their authors mark them. EoNADE-5 is
 * the ensemble over orderings of NADE-5 by Raiko et al.; the EoNADE of Uria et al. is another model.
 *
 * Where they were read: NADE, EoNADE-5, DARN, DRAW and PixelRNN in Shabanian et al. (2017), Variational Bi-LSTMs, table 2; PixelCNN and PixelRNN in Gulrajani et al. (2017), PixelVAE, table 1;
 * stochastic networks in Yin & Zhou (2019), ARM, table 3, which has those of Jang et al. beside its own but for that of Gumbel-softmax, and in Gu et al. (2016), MuProp, table 2, whose pixels "are binarized", it is not said how.
 * MADE's was read in no source, and says so.
 */
export const PUBLISHED: DigitModels['published'] = {
  completion: [
    { name: 'stochastic network, score function', sign: '≤', value: 72.0, source: 'Jang, Gu & Poole 2017, table 1' },
    { name: 'stochastic network, MuProp', sign: '≤', value: 58.9, source: 'Jang, Gu & Poole 2017, table 1' },
    { name: 'stochastic network, Gumbel-softmax', sign: '≤', value: 58.5, source: 'Jang, Gu & Poole 2017, table 1' },
    { name: 'stochastic network, ARM', sign: '≤', value: 57.9, source: 'Yin & Zhou 2019, table 3' },
    {
      name: 'stochastic network of 3 layers, straight-through',
      sign: '≤',
      value: 54.4,
      source: 'Gu et al. 2016, table 2; binarised in a way that is not told',
    },
  ],
  joint: [
    { name: 'NADE', sign: '', value: 88.33, source: 'Uria et al. 2016' },
    { name: 'MADE, 2 layers, 32 masks', sign: '', value: 86.64, source: 'Germain et al. 2015; not verified' },
    { name: 'EoNADE-5, 2 layers, 128 orderings', sign: '', value: 84.68, source: 'Raiko et al. 2014' },
    { name: 'DARN', sign: '≈', value: 84.13, source: 'Gregor et al. 2014' },
    { name: 'PixelCNN', sign: '', value: 81.3, source: 'van den Oord et al. 2016' },
    { name: 'DRAW', sign: '≤', value: 80.97, source: 'Gregor et al. 2015' },
    { name: 'PixelRNN, 7 layers', sign: '', value: 79.2, source: 'van den Oord et al. 2016' },
  ],
};
