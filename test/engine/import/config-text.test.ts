// The grammars of certbot's and acme.sh's configuration, as their own parsers read them.
import { expect, test } from 'vitest';
import { readAssignments, readIni } from '../../../src/main/engine/import/config-text.ts';

test.each([
  ['key = abc # main', 'abc'],
  ['key = abc#main', 'abc'],
  ['key = "abc # main" # comment', 'abc # main'],
  ["key = 'it is, one'", 'it is, one'],
  ['key = /var/www,', '/var/www'],
  ['key = a, "b, c" , d # comment', 'a,b, c,d'],
  ['key =', ''],
  ['key = # nothing', ''],
  ["key = '''a # b'''", 'a # b'],
  ["key = '''a\nb''' # comment", 'a\nb'],
  ['"key" = x', 'x'],
  ['key = a=b==', 'a=b=='],
  ['key = "open', '"open'],
  ['\uFEFFkey = x\r', 'x'],
])('ConfigObj reads %j', (text, value) => {
  expect(readIni(text).get('key')).toBe(value);
});

test('ConfigObj has sections, sub-sections and comment lines', () => {
  const ini = readIni('a = 1\n# b = 2\n[one] # comment\nc = 3\n[[ two ]]\nd = 4\n');
  expect([...ini]).toEqual([
    ['a', '1'],
    ['one.c', '3'],
    ['two.d', '4'],
  ]);
});

test.each([
  ["K='a b'", 'a b'],
  ['export K="a b" # comment', 'a b'],
  ['K=abc # comment', 'abc'],
  ['K=abc#no', 'abc#no'],
  ["K='it'\\''s'", "it's"],
  ['K="a \\"b\\" \\$c"', 'a "b" $c'],
  ['K=a\\ b', 'a b'],
  ['K=a\'b\'"c"', 'abc'],
  ['export J=1 K=2', '2'],
  ['J=1; K=2', '2'],
  ["K='it's'", "it's"],
  ["K=''", ''],
  ["K='__ACME_BASE64__START_aGVsbG8=__ACME_BASE64__END_'", 'hello'],
])('the shell reads %j', (text, value) => {
  expect(readAssignments(text).get('K')).toBe(value);
});

test('commands contain no assignment', () => {
  expect([...readAssignments('echo K=1\n# K=2\nK = 3\n. ./other K=4\n')]).toEqual([]);
});
