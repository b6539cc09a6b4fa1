import type { Rates, ThreadRates } from './rates.ts';

/**
 * What kernels take on one thread, in nanoseconds: AMD EPYC, Node v20.20.2. Written by `STORE=1 npm run bench:plan`.
 *
 * @example
 * storedRates.wasm.float64.none.product > storedRates.wasm.float32.none.product; // true
 */
export const storedRates: Rates = {
  native: {
    float32: {
      none: {
        product: 0.0424,
        pair: 0.689,
        cell: 0.588,
        call: 30000,
      },
      each: {
        product: 0.0385,
        pair: 0.88,
        cell: 0,
        call: 38100,
      },
      pooled: {
        product: 0.0574,
        pair: 1.04,
        cell: 0.071,
        call: 40700,
      },
    },
    float64: {
      none: {
        product: 0.0834,
        pair: 0.651,
        cell: 0.332,
        call: 72700,
      },
      each: {
        product: 0.0542,
        pair: 1.46,
        cell: 0.14,
        call: 35600,
      },
      pooled: {
        product: 0.101,
        pair: 0.775,
        cell: 0.0893,
        call: 65700,
      },
    },
  },
  wasm: {
    float32: {
      none: {
        product: 0.108,
        pair: 1.81,
        cell: 0.41,
        call: 29700,
      },
      each: {
        product: 0.0681,
        pair: 2.49,
        cell: 0.0882,
        call: 34900,
      },
      pooled: {
        product: 0.158,
        pair: 2.16,
        cell: 0.137,
        call: 41000,
      },
    },
    float64: {
      none: {
        product: 0.211,
        pair: 3.87,
        cell: 0.582,
        call: 58700,
      },
      each: {
        product: 0.104,
        pair: 5.54,
        cell: 0.393,
        call: 31300,
      },
      pooled: {
        product: 0.302,
        pair: 4.08,
        cell: 0.183,
        call: 47100,
      },
    },
  },
  'tfjs-node': {
    float32: {
      none: {
        product: 0.0312,
        pair: 4.65,
        cell: 2.25,
        call: 418000,
      },
      each: {
        product: 0.505,
        pair: 1.45,
        cell: 0,
        call: 1590000,
      },
      pooled: {
        product: 0.207,
        pair: 12.8,
        cell: 0.0319,
        call: 864000,
      },
    },
  },
  'tfjs-wasm': {
    float32: {
      none: {
        product: 0.142,
        pair: 9.23,
        cell: 0.819,
        call: 131000,
      },
      each: {
        product: 0.25,
        pair: 12.1,
        cell: 0,
        call: 358000,
      },
      pooled: {
        product: 0.184,
        pair: 11,
        cell: 0.19,
        call: 183000,
      },
    },
  },
  plain: {
    float64: {
      none: {
        product: 5.22,
        pair: 8.48,
        cell: 0.62,
        call: 88500,
      },
      each: {
        product: 3.6,
        pair: 73.7,
        cell: 0,
        call: 23300,
      },
      pooled: {
        product: 5.83,
        pair: 9.66,
        cell: 4.82,
        call: 97600,
      },
    },
  },
};

/**
 * What threads cost, about: rounded, of a machine that did nothing else.
 *
 * @example
 * storedThreads.two > 1; // true
 */
export const storedThreads: ThreadRates = { pass: 0.00025, start: 0.2, two: 1.85 };
