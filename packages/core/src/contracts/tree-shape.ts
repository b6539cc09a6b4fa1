/**
 * What a tree of plain data must look like: a number that it must equal, `'number'` for any finite one, the dimensions of an array of finite
 * numbers (`[K, D]` is K·D of them), or parts by name.
 */
export type TreeShape = number | 'number' | readonly number[] | { readonly [name: string]: TreeShape };
