import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatArgv, parseArgv } from '../../src/renderer/deployments/argv.ts';

test.each([
  ['systemctl reload nginx', ['systemctl', 'reload', 'nginx']],
  ['  nginx   -t ', ['nginx', '-t']],
  ['', []],
  [`run "two words" 'and $more'`, ['run', 'two words', 'and $more']],
  ['run ""', ['run', '']],
  [String.raw`run a\ b "say \"hi\""`, ['run', 'a b', 'say "hi"']],
  [String.raw`run 'back\slash'`, ['run', String.raw`back\slash`]],
  ['--option="a b"', ['--option=a b']],
])('splits %j', (line, words) => {
  expect(parseArgv(line)).toEqual(words);
});

test('rejects a quotation mark that is not closed', () => {
  expect(parseArgv('echo "hello')).toBeNull();
  expect(parseArgv("echo it's")).toBeNull();
});

test('splits every formatted command into the same words', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
      expect(parseArgv(formatArgv(words))).toEqual(words);
    }),
  );
});
