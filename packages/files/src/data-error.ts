import { MixtentionError } from '@mixtention/core';
import { printable } from './show.ts';

/** Stable codes of what can be wrong with a file; a program may branch on them. */
export type DataErrorCode =
  /** no bytes, no rows or no columns */
  | 'EMPTY'
  /** a row whose width differs from the others */
  | 'RAGGED'
  /** NaN or infinity */
  | 'NOT_FINITE'
  /** a cell that is no number, or not one of this format */
  | 'BAD_CELL'
  /** a column that is asked for and cannot be had */
  | 'NO_COLUMN'
  /** a tensor that is asked for and is not there */
  | 'NO_TENSOR'
  | 'BAD_MAGIC'
  | 'BAD_HEADER'
  /** a shape that overflows or has the wrong number of dimensions */
  | 'BAD_SHAPE'
  /** a damaged gzip stream */
  | 'BAD_GZIP'
  /** a damaged zip archive */
  | 'BAD_ZIP'
  /** shorter than its header promises */
  | 'TRUNCATED'
  /** longer than its header promises */
  | 'TRAILING'
  /** beyond a cap, or beyond memory */
  | 'TOO_LARGE'
  /** well-formed, but of a kind that is not read */
  | 'UNSUPPORTED'
  | 'NOT_FOUND'
  | 'UNREADABLE'
  | 'UNWRITABLE'
  /** the server or the connection failed */
  | 'DOWNLOAD'
  /** other bytes than those that were due */
  | 'HASH';

/**
 * What is wrong with a file, in one sentence: `digits.csv: row 2, column 1 (counted from 0; line 3) is "abc", a number was due`.
 *
 * Rows and columns are counted from 0, and a header line is not a row; lines of a file are counted from 1.
 *
 * @example
 * try {
 *   parseCsv(new TextEncoder().encode('1,2\n3\n'), 'digits.csv');
 * } catch (error) {
 *   if (error instanceof DataError && error.code === 'RAGGED') console.log(error.message);
 * }
 */
export class DataError extends MixtentionError {
  declare readonly code: DataErrorCode;

  /**
   * @param code  stable code
   * @param name  the file, as the user knows it
   * @param sentence  what came, what was due, where
   */
  constructor(code: DataErrorCode, name: string, sentence: string, cause?: unknown) {
    super(code, `${printable(name) || '""'}: ${sentence}`, cause === undefined ? undefined : { cause });
    this.name = 'DataError';
  }
}
