import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteTxt, unquoteTxt } from '../../../../src/main/engine/dns/providers/txt-value.ts';

describe('txt-value', () => {
  test.each([
    ['gfj9Xq-Rg85nM', '"gfj9Xq-Rg85nM"'],
    ['say "hi" \\ bye', String.raw`"say \"hi\" \\ bye"`],
    ['ü', String.raw`"\195\188"`],
    ['', '""'],
  ])('writes %s in quotes', (value, presentation) => {
    expect(quoteTxt(value)).toBe(presentation);
    expect(unquoteTxt(presentation)).toBe(value);
  });

  test('splits a long value into strings of at most 255 octets, and joins them again', () => {
    const quoted = quoteTxt('k'.repeat(600));
    expect(quoted.split(' ').map((part) => part.length - 2)).toEqual([255, 255, 90]);
    expect(unquoteTxt(quoted)).toBe('k'.repeat(600));
  });

  test('parses endless quotes and backslashes in linear time', () => {
    for (const piece of ['"', '"\\\\', '" "', '\\"']) {
      expect(unquoteTxt(`"${piece.repeat(60_000)}`)).toBeTypeOf('string'); // took minutes
    }
  });

  test('accepts text without quotes as it is', () => {
    expect(unquoteTxt('plain text')).toBe('plain text');
  });

  test('reads back any value that it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
        const value = text.toWellFormed(); // lone surrogates have no UTF-8
        expect(unquoteTxt(quoteTxt(value))).toBe(value);
      }),
      { numRuns: 50 },
    );
  });
});
