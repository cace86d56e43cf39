// Retry-After and the causes of network failures, which the tests with servers cannot all bring about.
import { describe, expect, it } from 'vitest';
import { networkError } from '../../../src/main/engine/acme/network-error.ts';
import { retryAfterMs } from '../../../src/main/engine/acme/problem.ts';

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-23T10:00:00Z');
  it.each<[string, Record<string, string>, number | null]>([
    ['absent', {}, null],
    ['empty', { 'retry-after': ' ' }, null],
    ['seconds', { 'retry-after': '120' }, 120_000],
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
    expect(retryAfterMs(headers, () => now)).toBe(ms);
  });
});

describe('networkError', () => {
  const withCode = (code: string) => Object.assign(new Error('no'), { code });
  it.each<[string, unknown, string, string]>([
    ['the name', withCode('ENOTFOUND'), 'ENOTFOUND', 'no address in DNS'],
    ['DNS', withCode('EAI_AGAIN'), 'EAI_AGAIN', 'DNS does not answer'],
    ['a firewall', withCode('UND_ERR_CONNECT_TIMEOUT'), 'UND_ERR_CONNECT_TIMEOUT', 'firewall'],
    ['the clock', withCode('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED', 'clock'],
    ['the root', withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'SELF_SIGNED_CERT_IN_CHAIN', '--acme-ca-file'],
    ['a cause further down', new Error('no', { cause: withCode('EPIPE') }), 'EPIPE', 'broke off'],
    ['several addresses', new AggregateError([withCode('ECONNREFUSED')]), 'ECONNREFUSED', 'refuses'],
    ['something else', 'what?', 'UNKNOWN', 'broke off'],
  ])('names %s', (_what, error, reason, sentence) => {
    const made = networkError(error, 'https://ca.example/directory');
    expect(made).toMatchObject({
      code: 'ACME_UNAVAILABLE',
      details: { reason, url: 'https://ca.example/directory' },
    });
    expect(made.message).toContain('ca.example');
    expect(made.message).toContain(sentence);
  });
});
