import { expect, test } from 'vitest';
import { columnList, columnMask } from './columns.ts';

test.each([
  ['height', ['height']],
  ['height, weight', ['height', 'weight']],
  ['0,3:6', ['0', 3, 4, 5]],
  ['"a, b",c', ['a, b', 'c']],
  ['"say ""so""",""', ['say "so"', '']],
  ['Größe in cm', ['Größe in cm']],
])('a list of columns is names, numbers and ranges: %s', (text, due) => {
  expect(columnList(text, '--columns')).toEqual(due);
});

test.each(['', ',', 'a,,b', 'a,', '"a', '5:3', '2:2', '"a"b'])('what is no list is refused: %j', (text) => {
  expect(() => columnList(text, '--columns')).toThrow(
    `--columns is "${text}"; names or numbers apart by commas were due`,
  );
});

test('a mask is made by name, by number and by range', () => {
  expect(columnMask('b,0', ['a', 'b', 'c'], 3)).toEqual(Uint8Array.of(1, 1, 0));
  expect(columnMask('1:3', null, 3)).toEqual(Uint8Array.of(0, 1, 1));
  // A name comes before a number.
  expect(columnMask('0', ['2', '1', '0'], 3)).toEqual(Uint8Array.of(0, 0, 1));
});

test('a name that two columns share marks none of them', () => {
  expect(() => columnMask('a', ['a', 'b', 'a'], 3)).toThrow(
    '--observed is "a", where two columns are called "a"; give the number of one, from 0',
  );
  expect(columnMask('2,b', ['a', 'b', 'a'], 3)).toEqual(Uint8Array.of(0, 1, 1));
});

test('a column that is none is named', () => {
  expect(() => columnMask('heigth', ['height', 'weight'], 2)).toThrow(
    `--observed is "heigth", where "heigth" is no column (is it "height"?); names of the model's columns, or numbers within 0:2, were due`,
  );
  expect(() => columnMask('0:3', null, 2)).toThrow('where "2" is no column; numbers within 0:2 were due');
  expect(() => columnMask('left', null, 2)).toThrow('where "left" is no column');
});
