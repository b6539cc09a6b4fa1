import { expect, test } from 'vitest';
import { createReporter, type Terminal, terminal } from './reporter.ts';

const UP = '\u001b[1A\u001b[2K';
const BACK = '\r\u001b[2K';
const COLORS = ['2', '22', '32', '39'].map((code) => `\u001b[${code}m`);

/** What a person sees after all was written: colors taken out, rewritten lines gone. */
function screen(text: string): string[] {
  const shown: string[] = [];
  for (const line of COLORS.reduce((rest, color) => rest.replaceAll(color, ''), text).split('\n')) {
    for (let i = 1; i < line.split(UP).length; i++) shown.pop();
    shown.push(line.split(UP).at(-1)!.split(BACK).at(-1)!);
  }
  return shown;
}

async function report(options: Pick<Terminal, 'width' | 'style'>): Promise<string> {
  let text = '';
  const reporter = createReporter({ ...options, write: (part) => void (text += part) });
  for (const name of ['first', 'second']) {
    await reporter.stage(
      name,
      async (show) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        show('half way');
        return 7;
      },
      (result) => `result ${result}`,
    );
  }
  expect(reporter.stages.map(({ name }) => name)).toEqual(['first', 'second']);
  return text;
}

test.each(['return', 'up'] as const)('in a terminal each stage keeps one line, rewritten by %s', async (style) => {
  const text = await report({ width: 80, style });
  expect(text).toContain('half way');
  const lines = screen(text);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^✓ first +result 7 · 0\.\d s$/);
  expect(lines[1]).toMatch(/^✓ second +result 7 · 0\.\d s$/);
});

test('a stage that fails leaves no half line behind', async () => {
  let text = '';
  const reporter = createReporter({ width: 80, style: 'return', write: (part) => void (text += part) });
  await expect(reporter.stage('one', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(screen(text)).toEqual(['']);
  expect(reporter.stages).toEqual([]);
});

test('where a stage is passed on line by line, every write ends its line', async () => {
  let isWhole = true;
  const reporter = createReporter({ width: 80, style: 'up', write: (part) => void (isWhole &&= part.endsWith('\n')) });
  await reporter.stage('one', async (show) => show('text'));
  expect(isWhole).toBe(true);
});

test('a draft never breaks into a second line of the terminal', async () => {
  const widths: number[] = [];
  const write = (part: string): void => void widths.push(...screen(part).map((line) => line.length));
  await createReporter({ width: 40, style: 'up', write }).stage('a stage with a rather long name', async () => 0);
  expect(widths[0]).toBeLessThan(40);
});

test('without a terminal lines are only added', async () => {
  const text = await report({ width: null, style: 'up' });
  expect(text).not.toContain(UP);
  expect(text).not.toContain('\r');
  expect(screen(text).filter((line) => line.startsWith('✓'))).toHaveLength(2);
});

test('the width that npm start hands over stands in for a terminal', () => {
  const stream = { isTTY: false } as NodeJS.WriteStream;
  expect(terminal(stream, { MIXTENTION_TERMINAL: '120' })).toMatchObject({ width: 120, style: 'up' });
  expect(terminal(stream, {}).width).toBe(null);
  expect(terminal({ isTTY: true, columns: 100 } as NodeJS.WriteStream, {})).toMatchObject({
    width: 100,
    style: 'return',
  });
});
