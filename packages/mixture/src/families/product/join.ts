import type { ColumnKind, Description, Matrix, Parts, Scaling, Scores, Stand } from '@mixtention/core';
import { takeColumns } from '@mixtention/core/base';
import type { Part } from './parts.ts';

/** Scores of all parts as one: biases are added up, terms stand side by side on the columns of their part. */
export function joinScores<P extends Part>(
  parts: readonly P[],
  logWeights: Float64Array,
  scoresOf: (part: P, logWeights: Float64Array) => Scores,
): Scores {
  const none = new Float64Array(logWeights.length);
  const all = parts.map((part, p) => scoresOf(part, p === 0 ? logWeights : none));
  const bias = none.map((_, k) => all.reduce((sum, own) => sum + own.bias[k]!, 0));
  const terms = parts.flatMap((part, p) => all[p]!.terms.map((term) => ({ ...term, ...placed(term, part) })));
  return { components: logWeights.length, bias, terms };
}

/** A stand on columns of its part, on those of the whole. */
export function placed({ statistics, columns }: Stand, part: Part): Stand {
  return { statistics, columns: columns?.map((c) => part.columns[c]!) ?? part.columns };
}

/** Kinds of all columns; groups of one scale stay apart from those of other parts. */
export function joinColumns(parts: readonly Part[], width: number): ColumnKind[] {
  const groups = new Map<string, number>();
  const groupOf = ({ name }: Part, scaling: number): number => {
    const group = `${name} ${scaling}`;
    if (!groups.has(group)) groups.set(group, groups.size);
    return groups.get(group)!;
  };
  const all = new Array<ColumnKind>(width);
  for (const part of parts) {
    part.family.columns(part.columns.length).forEach(({ scaling, cells }, c) => {
      const own: Scaling = typeof scaling === 'number' ? groupOf(part, scaling) : scaling;
      all[part.columns[c]!] = { scaling: own, cells };
    });
  }
  return all;
}

/** `[B, D]` from the columns of each part, `[B, D_p]`. */
export function joinColumnsOf(
  parts: readonly Part[],
  width: number,
  matrixOf: (part: Part) => Matrix,
): Matrix & { readonly data: Float64Array } {
  const all = parts.map(matrixOf);
  const { rows } = all[0]!;
  const data = new Float64Array(rows * width);
  parts.forEach(({ columns }, p) => {
    columns.forEach((d, c) => {
      for (let n = 0; n < rows; n++) data[n * width + d] = all[p]!.data[n * columns.length + c]!;
    });
  });
  return { data, rows, cols: width };
}

/** Covariances of a part as blocks of those of the whole, 0 elsewhere: parts are independent, and some have none. */
export function joinDescriptions(
  parts: readonly Part[],
  width: number,
  describe: (part: Part) => Description,
): Description {
  return {
    means: joinColumnsOf(parts, width, (part) => describe(part).means),
    get covariances() {
      const all = parts.map((part) => describe(part).covariances);
      const some = all.find((own) => own !== null);
      if (some === undefined || some === null) return null;
      return some.map((_, k) => {
        const data = new Float64Array(width * width);
        parts.forEach(({ columns }, p) => {
          const own = all[p]?.[k]?.data;
          if (own === undefined) return;
          columns.forEach((i, a) => {
            columns.forEach((j, b) => {
              data[i * width + j] = own[a * columns.length + b]!;
            });
          });
        });
        return { data, rows: width, cols: width };
      });
    },
  };
}

/** What a description says of the columns of a part. */
export function describedPart({ means, covariances }: Description, { columns }: Part): Description {
  const block = (whole: Matrix): Matrix => {
    const size = columns.length;
    const data = Float64Array.from(
      { length: size * size },
      (_, i) => whole.data[columns[Math.floor(i / size)]! * whole.cols + columns[i % size]!]!,
    );
    return { data, rows: size, cols: size };
  };
  return { means: takeColumns(means, columns), covariances: covariances?.map(block) ?? null };
}

/** Sums over parts. */
export function addParts(all: readonly Parts[]): Parts {
  const { perComponent } = all[0]!;
  return {
    perComponent: perComponent.map((_, k) => all.reduce((sum, own) => sum + own.perComponent[k]!, 0)),
    shared: all.reduce((sum, own) => sum + own.shared, 0),
  };
}
