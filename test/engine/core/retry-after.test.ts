import { describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import {
  parseRetryAfter,
  retryAfterDetail,
  retryAfterOf,
} from '../../../src/main/engine/core/retry-after.ts';

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-23T10:00:00Z');
  it.each<[string, Record<string, string | string[]>, number | null]>([
    ['absent', {}, null],
    ['empty', { 'retry-after': ' ' }, null],
    ['seconds', { 'retry-after': '120' }, 120_000],
    ["Discord's fraction", { 'retry-after': '0.65' }, 650],
    ['several fields', { 'retry-after': ['7', '9'] }, 7_000],
    ['zero', { 'retry-after': '0' }, 0],
    ['sixty days', { 'retry-after': '5184000' }, 5_184_000_000],
    ['negative', { 'retry-after': '-5' }, null],
    ['words', { 'retry-after': 'later' }, null],
    ['a date', { 'retry-after': 'Mon, 23 Nov 2026 10:01:00 GMT' }, 60_000],
    ['a date gone by', { 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT' }, 0],
    [
      "a date by the CA's own clock",
      { 'retry-after': 'Mon, 23 Nov 2026 12:01:00 GMT', date: 'Mon, 23 Nov 2026 12:00:00 GMT' },
      60_000,
    ],
  ])('%s', (_what, headers, ms) => {
    expect(parseRetryAfter(headers, () => now)).toBe(ms);
  });
});

it('retryAfterOf reads retryAfterDetail in whole seconds', () => {
  const error = (ms: number | null) => new CertdeskError('ACME_UNAVAILABLE', 'busy', retryAfterDetail(ms));
  expect(retryAfterOf(error(1_001))).toBe(2_000);
  expect(retryAfterOf(error(null))).toBeNull();
  expect(retryAfterOf(new CertdeskError('INTERNAL'))).toBeNull();
});
