// The causes of network failures, not all of which the tests with servers can produce; and how much of a problem
// document is stored.
import { describe, expect, it } from 'vitest';
import { networkError } from '../../../src/main/engine/acme/network-error.ts';
import { describeProblem, toProblem } from '../../../src/main/engine/acme/problem.ts';

describe('networkError', () => {
  const withCode = (code: string) => Object.assign(new Error('no'), { code });
  it.each<[string, unknown, string, string]>([
    ['the name', withCode('ENOTFOUND'), 'ENOTFOUND', 'no address in DNS'],
    ['DNS', withCode('EAI_AGAIN'), 'EAI_AGAIN', 'DNS does not answer'],
    ['a firewall', withCode('UND_ERR_CONNECT_TIMEOUT'), 'UND_ERR_CONNECT_TIMEOUT', 'firewall'],
    ['the clock', withCode('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED', 'clock'],
    ['the root', withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'SELF_SIGNED_CERT_IN_CHAIN', '--acme-ca-file'],
    ['a cause further down', new Error('no', { cause: withCode('EPIPE') }), 'EPIPE', 'closed the connection'],
    ['several addresses', new AggregateError([withCode('ECONNREFUSED')]), 'ECONNREFUSED', 'refuses'],
    ['something else', 'what?', 'UNKNOWN', 'closed the connection'],
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

describe('a problem document', () => {
  const long = 'x'.repeat(100_000);

  it('is bounded in every member, because it goes into errors, jobs and events', () => {
    const part = {
      type: long,
      detail: long,
      identifier: { type: 'dns', value: long },
      subproblems: [{ detail: long }],
    };
    const problem = toProblem({
      ...Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`own${at}`, at])),
      [long]: 1,
      instance: long,
      type: long,
      detail: long,
      subproblems: Array.from({ length: 1_000 }, () => part),
    });
    if (problem === null) throw new Error('no problem');
    expect(JSON.stringify(problem).length).toBeLessThan(150_000);
    expect(describeProblem(problem)?.length).toBeLessThanOrEqual(4_001);
    expect(problem.detail).toBe(`${long.slice(0, 2_000)}…`);
    expect(problem.subproblems).toHaveLength(100);
  });

  it('of ordinary size is unchanged', () => {
    const problem = {
      type: 'urn:ietf:params:acme:error:compound',
      detail: 'two names',
      status: 403,
      instance: 'https://ca.example/doc',
      subproblems: [{ type: 'about:blank', detail: 'no', identifier: { type: 'dns', value: 'a.example' } }],
    };
    expect(toProblem(problem)).toEqual(problem);
  });
});
