import { describe, expect, it } from 'vitest';
import {
  cutText,
  MAX_OUTSIDE_TEXT,
  stripTags,
  trimEndOf,
} from '../../../src/main/engine/core/outside-text.ts';
import { createProviderErrors } from '../../../src/main/engine/dns/providers/provider-errors.ts';
import { createRedactor, REDACTED } from '../../../src/main/engine/dns/providers/redact.ts';

const PROVIDER = { name: 'Some DNS', permissions: 'DNS: edit.' };

describe('text from outside', () => {
  it('is cut at 64 KiB', () => {
    expect(cutText('abc')).toBe('abc');
    expect(cutText('a'.repeat(MAX_OUTSIDE_TEXT + 1))).toHaveLength(MAX_OUTSIDE_TEXT);
  });

  it('loses its tags, but not a lone angle bracket', () => {
    expect(stripTags('<p>no <b>zone</b></p>').trim().split(/\s+/)).toEqual(['no', 'zone']);
    expect(stripTags('1 < 2')).toBe('1 < 2');
    expect(stripTags('a<>b<')).toBe('a b<');
  });

  it('loses trailing characters', () => {
    expect(trimEndOf('https://a.example///', '/')).toBe('https://a.example');
    expect(trimEndOf('...', '.')).toBe('');
  });
});

describe("a provider's error page", () => {
  // The expression that removed tags took hours on this input, and again after every restart.
  it.each([
    ['<', 8 * 1024 * 1024],
    ['<<a ', 8 * 1024 * 1024],
    [' \n', 8 * 1024 * 1024],
  ])('of nothing but %j is excerpted in linear time', (piece, length) => {
    const { excerpt, refused } = createProviderErrors(PROVIDER, createRedactor(['top-secret']));
    const page = piece.repeat(length / piece.length);
    expect(excerpt(page).length).toBeLessThanOrEqual(200);
    expect(refused({ status: 400 }, page).message.length).toBeLessThan(1000);
  });
});

describe('a redacted text that was cut', () => {
  it.each([10, 40, 4000])('ends before the first part of a secret of %d characters', (length) => {
    const secret = Array.from({ length }, (_, at) =>
      String.fromCharCode(97 + ((at * 7 + (at >> 3)) % 26)),
    ).join('');
    for (const shown of [5, length - 1]) {
      const text = `${'.'.repeat(MAX_OUTSIDE_TEXT - shown)}${secret}`;
      const clean = createRedactor([secret]).text(text);
      expect(clean).toMatch(/^\.+$/);
    }
    const before = `${secret}${'.'.repeat(MAX_OUTSIDE_TEXT)}`;
    expect(createRedactor([secret]).text(before)).toMatch(/^\[redacted\]\.+$/);
  });

  it('has no part of a secret that is longer than the excerpt', () => {
    const secret = 'x1y2z3'.repeat(MAX_OUTSIDE_TEXT / 4);
    expect(createRedactor([secret]).text(`${secret}${secret}`).replaceAll(REDACTED, '')).toBe('');
  });
});
