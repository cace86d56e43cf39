// The part of an outside answer that callers limited to some projects may see.
import { describe, expect, it } from 'vitest';
import {
  limitError,
  limitEvent,
  limitPersistReport,
  limitSentence,
} from '../../../src/main/engine/access/limited-view.ts';
import type { ErrorBody, ErrorCode } from '../../../src/shared/errors.ts';

const TYPE = 'urn:ietf:params:acme:error:rateLimited';
const body = (code: ErrorCode, details?: unknown, error = 'quotes: <b>secret</b>'): ErrorBody => ({
  success: false,
  error,
  code,
  ...(details === undefined ? {} : { details }),
});

describe('an error for a limited caller', () => {
  it("shows a public CA's detail in one line of at most 300 characters, because its reader must act on it", () => {
    const problem = { type: TYPE, detail: `too many\r\ncertificates ${'x'.repeat(1000)}`, secret: 'secret' };
    const url = 'https://acme-v02.api.letsencrypt.org/acme/new-order';
    const limited = limitError(body('ACME_RATE_LIMITED', { url, status: 429, retryAfter: 60, problem }));
    const detail = `too many certificates ${'x'.repeat(1000)}`.slice(0, 300);
    expect(limited).toEqual({
      success: false,
      code: 'ACME_RATE_LIMITED',
      error: `A rate limit of the CA is reached. Wait as long as Retry-After says. (HTTP 429, ${TYPE}, ${detail})`,
      details: { status: 429, retryAfter: 60, problem: { type: TYPE, detail } },
    });
  });

  it.each([
    'https://ca.inside.example/order',
    'https://acme-v02.api.letsencrypt.org.example/order',
    'http://acme-v02.api.letsencrypt.org/order',
    'https://acme-v02.api.letsencrypt.org:8443/order',
    'acme-v02.api.letsencrypt.org',
    7,
  ])('hides the detail of a CA at %s', (url) => {
    const problem = { type: TYPE, detail: 'secret' };
    expect(JSON.stringify(limitError(body('ACME_REJECTED', { url, problem })))).not.toContain('secret');
  });

  it('omits a type that does not have the form of RFC 8555', () => {
    const problem = { type: 'urn:ietf:params:acme:error:it says secret', detail: 'secret' };
    const limited = limitError(body('ACME_REJECTED', { problem }));
    expect(limited.details).toEqual({ problem: { type: 'about:blank' } });
    expect(JSON.stringify(limited)).not.toContain('secret');
  });

  it('names the servers that were queried for a record, but not their answers', () => {
    const server = { host: 'ns1.example', server: '192.0.2.1:53', state: 'other' };
    const servers = [{ ...server, answer: 'secret', values: ['secret'] }];
    const limited = limitError(
      body('DNS_PROPAGATION_TIMEOUT', { record: '_acme-challenge.a.example', servers }),
    );
    expect(limited.details).toEqual({ record: '_acme-challenge.a.example', servers: [server] });
    expect(limited.error).not.toContain('secret');
  });

  it('hides the answer of the validated web server if the CA gives no reason', () => {
    const failures = [{ name: 'a.example', status: 'invalid', problem: null, advice: 'answers: secret' }];
    const limited = limitError(
      body('CHALLENGE_FAILED', { problem: null, failures }, 'HTTP-01 challenge failed'),
    );
    expect(limited.error).toBe('HTTP-01 challenge failed');
    expect(JSON.stringify(limited)).not.toContain('secret');
  });

  it('is unchanged if it quotes no other server', () => {
    const own = body('PROJECT_NOT_FOUND', { id: 'p' }, 'There is no project p');
    expect(limitError(own)).toEqual(own);
    expect(limitSentence('Own words', 'STORAGE_FAILED')).toBe('Own words');
    expect(limitSentence(null, 'ACME_REJECTED')).toBeNull();
  });
});

describe('an event for a limited caller', () => {
  const event = (kind: string, message: string, data: object | null = null) =>
    limitEvent({ kind, message, data: data as never });

  it('says in a step which TXT record the user must add', () => {
    const more = { name: '_acme-challenge.a.example', value: 'v', zone: 'a.example', action: 'add' };
    const step = { step: 'challenge', title: 'Challenge prepared', ca: 'ca.example', more };
    expect(event('job.step', 'Write the record', step)).toMatchObject({
      message: 'Write the record',
      data: step,
    });
  });

  it.each([
    ['retry', { code: 'ACME_UNAVAILABLE', problem: { type: TYPE, detail: 'secret' } }],
    ['validation', { problem: { type: TYPE, detail: 'secret' } }],
    ['account', null],
    ['certificate', { warning: 'preferred-chain' }],
    ['unknown', null],
    ['clean-up', { code: 'DNS_PROVIDER_REFUSED', name: 'a.example' }],
    [
      'dns-propagation',
      { servers: [{ host: 'h', server: 's', state: 'other', answer: 'secret', values: ['secret'] }] },
    ],
  ])('quotes no server in the step %s', (step, more) => {
    const message = step === 'dns-propagation' ? '0 of 1 name servers show it' : 'says: secret';
    const limited = event('job.step', message, { step, title: 'Step', ca: 'ca.example', more });
    expect(JSON.stringify(limited)).not.toContain('secret');
  });

  it('quotes no CAA record', () => {
    const broken = 'The CAA records do not permit the CA (a.example): x.inside has issue "secret".';
    expect(event('caa-lock.broken', broken).message).toBe(
      'The CAA records do not permit the CA, so the next renewal will fail.',
    );
  });

  it('does not link to a page of the CA', () => {
    const moved =
      'The CA moved the renewal of a.example to 2026-12-01. It explains why at https://inside/secret';
    expect(event('certificate.renewal-moved', moved).message).toBe(
      'The CA moved the renewal of a.example to 2026-12-01.',
    );
  });
});

describe('the report on dns-persist-01 records of a limited caller', () => {
  const part = { state: 'unknown', message: 'DNS could not be read: secret.' } as const;
  const record = { name: '', for: [], value: null, record: null, endsAt: null, tooWide: false };
  const report = { ca: '', accountUrl: null, watched: false, checkedAt: '' };

  it('quotes no resolver', () => {
    const records = [{ ...record, ...part }];
    expect(JSON.stringify(limitPersistReport({ ...report, ...part, records }))).not.toContain('secret');
  });

  it('shows what is wrong with a record', () => {
    const missing = { state: 'missing', message: 'There is no record of this CA.' } as const;
    const given = { ...report, ...missing, records: [{ ...record, ...missing }] };
    expect(limitPersistReport(given)).toEqual(given);
  });
});
