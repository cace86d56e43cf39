// The causes of network failures, which the tests with servers cannot all bring about.
import { describe, expect, it } from 'vitest';
import { networkError } from '../../../src/main/engine/acme/network-error.ts';

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
