import type { DigitModels } from '../digit-models/results.ts';

/** Two models of digits, beside published ones, and one that is trained from scratch beside one that is fitted. */
export const smallDigitModels: DigitModels = {
  madeAt: '2026-01-02T03:04:05.678Z',
  machine: { cpu: 'A <processor>', cores: 2, node: 'v20.20.2', platform: 'linux x64', loadAverage: 0.5 },
  backend: 'tfjs-node',
  data: 'static binarised MNIST, standard split',
  completion: [
    {
      model: 'attention with learnt queries, keys and values',
      keys: 50_000,
      logitScale: 0.085,
      nats: 54.2,
      marginalNats: 71.3,
      seconds: 90,
    },
    {
      model: 'causal self-attention over rows, by the chain rule',
      keys: 28,
      logitScale: 1,
      nats: 38.7,
      marginalNats: null,
      seconds: 925,
    },
  ],
  joint: [{ model: 'causal self-attention over rows', nats: 82.1, seconds: 925 }],
  published: {
    completion: [
      {
        name: 'stochastic network, score function',
        sign: '≤',
        value: 72,
        source: 'Jang, Gu & Poole 2017, table 1',
      },
    ],
    joint: [{ name: 'NADE', sign: '', value: 88.33, source: 'Uria et al. 2016' }],
  },
  fromScratch: {
    madeAt: '2026-01-02T03:04:05.678Z',
    machine: { cpu: 'A <processor>', cores: 2, node: 'v20.20.2', platform: 'linux x64', loadAverage: 9.04 },
    backend: 'tfjs-node',
    models: [
      {
        model: 'one dictionary by EM',
        keys: 100,
        logitScale: 1,
        nats: 72.6,
        marginalNats: 87.5,
        passes: 41,
        seconds: 80,
        cpuSeconds: 16,
      },
      {
        model: 'a layer trained from random images',
        keys: 100,
        logitScale: 1,
        nats: 66.4,
        marginalNats: 79.2,
        passes: 6,
        seconds: 100,
        cpuSeconds: 28,
      },
    ],
  },
};
