import { expect, it } from 'vitest';
import { rememberLatest } from '../../../src/main/engine/core/remember-latest.ts';

it('computes a value once, and again after it was dropped because others were used', () => {
  const computed: string[] = [];
  const latest = rememberLatest<string>(2);
  const get = (key: string): string =>
    latest(key, () => {
      computed.push(key);
      return key.toUpperCase();
    });
  expect([get('a'), get('b'), get('a'), get('c')]).toEqual(['A', 'B', 'A', 'C']);
  expect(computed).toEqual(['a', 'b', 'c']);
  get('a');
  expect(computed, 'a was used after b').toHaveLength(3);
  get('b');
  expect(computed).toEqual(['a', 'b', 'c', 'b']);
});
