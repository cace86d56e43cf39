import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExcess, parseOutsideJson } from '../../../src/main/engine/core/outside-json.ts';

function failureOf(text: string): unknown {
  try {
    parseOutsideJson(text);
  } catch (error) {
    return error;
  }
  throw new Error('it was parsed');
}

describe('JSON from outside', () => {
  it('is parsed as JSON.parse does, whatever its strings contain', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseOutsideJson(text)).toEqual(JSON.parse(text));
      }),
    );
    expect(parseOutsideJson(`{"a":"${'[{,'.repeat(10_000)}\\"[\\\\"}`)).toEqual({
      a: `${'[{,'.repeat(10_000)}"[\\`,
    });
  });

  it.each([
    ['too many members', `[${'1,'.repeat(20_001)}1]`, /more than 20000 members/],
    ['too many objects', `[${'{},'.repeat(5_000)}{}]`, /more than 5000 objects/],
    ['too deep arrays', '['.repeat(65), /more than 64 levels/],
    ['too deep objects', '{"a":'.repeat(65), /more than 64 levels/],
  ])('is refused with %s before it is parsed', (_, text, message) => {
    const failure = failureOf(text);
    expect(isExcess(failure)).toBe(true);
    expect(String(failure)).toMatch(message);
  });

  it.each(['', '{', '"', '"\\', '[1,', 'x'])('is refused as JSON.parse does: %j', (text) => {
    const failure = failureOf(text);
    expect(failure).toBeInstanceOf(SyntaxError);
    expect(isExcess(failure)).toBe(false);
  });

  it('of the largest permitted lists is accepted', () => {
    const domains = Array.from({ length: 500 }, (_, at) => ({
      domain: `a${at}.example`,
      more: Array(30).fill(1),
    }));
    expect(parseOutsideJson(JSON.stringify(domains))).toEqual(domains);
  });
});
