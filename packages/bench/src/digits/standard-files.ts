/** A file of the standard static binarised MNIST. */
export type StandardFile = { readonly name: string; readonly bytes: number; readonly sha256: string };

/** Where Larochelle keeps them, uncompressed. */
export const STANDARD_FOLDER = 'http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist';

/**
 * The static binarisation of Salakhutdinov & Murray (2008) as Larochelle & Murray (2011) published it: a digit a line, a pixel a character,
 * blanks between. Hashes are those of the uncompressed files as copied from that address; 50,000, 10,000 and 10,000 lines.
 */
export const STANDARD_FILES: { readonly [part in 'train' | 'valid' | 'test']: StandardFile } = {
  train: {
    name: 'binarized_mnist_train.amat',
    bytes: 78_400_000,
    sha256: 'ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d',
  },
  valid: {
    name: 'binarized_mnist_valid.amat',
    bytes: 15_680_000,
    sha256: '1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2',
  },
  test: {
    name: 'binarized_mnist_test.amat',
    bytes: 15_680_000,
    sha256: 'e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c',
  },
};
