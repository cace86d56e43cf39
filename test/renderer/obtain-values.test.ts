// What the wizard sends and checks, and where it shows an error of the server.
import { TRPCClientError } from '@trpc/client';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../src/renderer/certificates/obtain-changes.ts';
import { obtainErrors, stepOfErrors } from '../../src/renderer/certificates/obtain-errors.ts';
import {
  type Before,
  checkStep,
  initialValues,
  namesOf,
  toRequest,
} from '../../src/renderer/certificates/obtain-values.ts';
import type { Project } from '../../src/shared/project.ts';

const PROJECT: Project = {
  id: 'p',
  name: 'shop',
  domain: 'shop.example.com',
  altNames: [],
  tags: [],
  createdAt: '2026-01-01T00:00:00Z',
};
const VALUES = initialValues(PROJECT);
const TOKEN = { name: 'apiToken', label: 'API token', secret: true, required: true, type: 'text' } as const;
const PROVIDER = { id: 'cloudflare', name: 'Cloudflare', docs: '', permissions: '', credentials: [TOKEN] };
const known = { project: PROJECT, provider: undefined, needsEab: false };

describe('the request', () => {
  test('has no DNS part for HTTP-01, even if one was typed before', () => {
    const body = toRequest({ ...VALUES, dnsProvider: 'cloudflare', credentials: { apiToken: 'x' } }, false);
    expect(body).toEqual({
      ...{ challengeType: 'http-01', altNames: [], keyType: 'ec', keySize: 256, ca: 'letsencrypt' },
      ...{ autoRenew: true, staging: false, dryRun: false },
    });
  });

  test('has new, saved, or the project’s credentials for DNS-01', () => {
    const dns = { ...VALUES, challengeType: 'dns-01', dnsProvider: 'cloudflare' } as const;
    const given = toRequest({ ...dns, credentials: { apiToken: 'x', zone: ' ' } }, true);
    expect(given).toMatchObject({
      dnsProvider: 'cloudflare',
      dnsCredentials: { apiToken: 'x' },
      dryRun: true,
    });
    const kept = toRequest({ ...dns, source: 'id-1', credentials: { apiToken: 'x' } }, false);
    expect(kept).toMatchObject({ dnsCredentialId: 'id-1' });
    expect(kept).not.toHaveProperty('dnsCredentials');
    const own = toRequest({ ...dns, source: 'project' }, false);
    expect(own).not.toHaveProperty('dnsCredentials');
    expect(own).not.toHaveProperty('dnsProvider');
  });

  test('has another CA by its address, with an external account', () => {
    const values = { ...VALUES, ca: 'other', caUrl: ' https://ca.example/dir ', kid: 'k', hmacKey: 'h' };
    expect(toRequest(values, false)).toMatchObject({
      ca: 'https://ca.example/dir',
      eab: { kid: 'k', hmacKey: 'h' },
    });
  });
});

describe('after a previous request', () => {
  const request: NonNullable<Before['request']> = {
    names: ['old.example.com'],
    ca: { id: 'zerossl', name: 'ZeroSSL' },
    staging: false,
    email: 'a@example.com',
    keyType: 'rsa',
    keySize: 4096,
    profile: 'tlsserver',
    profileUse: 'preferred',
    preferredChain: 'Root X',
    challengeType: 'dns-01',
    dnsProvider: { id: 'cloudflare', name: 'Cloudflare' },
    dnsCredential: null,
  };
  const lastOf = (more: Partial<typeof request> = {}, kept = true): Before => ({
    request: { ...request, ...more },
    autoRenew: false,
    usesProjectCredentials: kept,
    cas: ['letsencrypt', 'zerossl'],
    providers: [PROVIDER, { ...PROVIDER, id: 'manual', credentials: [] }],
  });

  test('the wizard starts with its CA, key, method, profile and credentials, and the project’s names', () => {
    const values = initialValues({ ...PROJECT, altNames: ['www.example.com'] }, lastOf());
    expect(toRequest(values, false)).toEqual({
      ...{
        challengeType: 'dns-01',
        altNames: ['www.example.com'],
        keyType: 'rsa',
        keySize: 4096,
        ca: 'zerossl',
      },
      ...{ email: 'a@example.com', profile: 'tlsserver', profileUse: 'preferred', preferredChain: 'Root X' },
      ...{ autoRenew: false, staging: false, dryRun: false },
    });
    expect(values.source).toBe('project');
  });

  test('the wizard offers existing credentials: saved ones, none for manual records, new ones if none were saved', () => {
    const dnsCredential = { id: 'id-1', name: 'Ours' };
    expect(initialValues(PROJECT, lastOf({ dnsCredential })).source).toBe('id-1');
    const manual = initialValues(PROJECT, lastOf({ dnsProvider: { id: 'manual', name: 'Manual' } }));
    expect(toRequest(manual, false)).toMatchObject({ challengeType: 'dns-01', dnsProvider: 'manual' });
    expect(initialValues(PROJECT, lastOf({}, false))).toMatchObject({
      source: 'new',
      dnsProvider: 'cloudflare',
    });
  });

  test('a CA by its address stays one, and a new wildcard needs DNS-01', () => {
    const url = 'https://ca.example/dir';
    expect(toRequest(initialValues(PROJECT, lastOf({ ca: { id: url, name: url } })), false).ca).toBe(url);
    const wild = { ...PROJECT, altNames: ['*.example.com'] };
    expect(initialValues(wild, lastOf({ challengeType: 'http-01' })).challengeType).toBe('dns-01');
  });

  test('only a change of CA, key or method is named', () => {
    const first = initialValues(PROJECT, lastOf());
    const nameOf = (id: string) => (id === 'zerossl' ? 'ZeroSSL' : 'Let’s Encrypt');
    expect(changesOf(first, { ...first, email: 'b@example.com' }, nameOf)).toEqual([]);
    expect(changesOf(null, VALUES, nameOf)).toEqual([]);
    expect(changesOf(first, VALUES, nameOf)).toEqual([
      { field: 'ca', before: 'ZeroSSL', after: 'Let’s Encrypt' },
      { field: 'key', before: 'RSA 4096', after: 'EC P-256' },
      { field: 'challengeType', before: 'DNS-01', after: 'HTTP-01' },
    ]);
  });
});

describe('the validation of a step', () => {
  test('checks names, and refuses a wildcard with HTTP-01', () => {
    expect(checkStep('names', { ...VALUES, altNames: ['a b'] }, known)).toHaveProperty('altNames');
    const wild = { ...VALUES, altNames: ['*.example.com'] };
    expect(checkStep('names', wild, known)).toEqual({});
    expect(checkStep('validation', wild, known)).toHaveProperty('challengeType');
    expect(initialValues({ ...PROJECT, altNames: ['*.example.com'] }).challengeType).toBe('dns-01');
    expect(namesOf(PROJECT, { altNames: ['SHOP.example.com', 'ä.example'] })).toEqual([
      'shop.example.com',
      'xn--4ca.example',
    ]);
  });

  test('checks a provider and its required fields', () => {
    const dns = { ...VALUES, challengeType: 'dns-01' } as const;
    expect(checkStep('validation', dns, known)).toHaveProperty('dnsProvider');
    const chosen = { ...known, provider: PROVIDER };
    expect(checkStep('validation', dns, chosen)).toEqual({
      'credentials.apiToken': 'API token is required.',
    });
    expect(checkStep('validation', { ...dns, credentials: { apiToken: 'x' } }, chosen)).toEqual({});
    expect(checkStep('validation', { ...dns, source: 'project' }, known)).toEqual({});
  });

  test('requires an external account if the CA does, or if half of it is given', () => {
    expect(checkStep('options', VALUES, { ...known, needsEab: true })).toEqual({
      kid: 'This CA requires it.',
      hmacKey: 'This CA requires it.',
    });
    expect(checkStep('options', { ...VALUES, kid: 'k' }, known)).toHaveProperty('hmacKey');
    expect(checkStep('options', { ...VALUES, ca: 'other', caUrl: 'http://x' }, known)).toHaveProperty(
      'caUrl',
    );
  });
});

describe('an error is shown', () => {
  const refusal = (code: string, details: object, error = 'No.') => {
    const failure = new TRPCClientError(error);
    Object.assign(failure, { data: { body: { success: false, code, error, details } } });
    return failure;
  };
  const at = (code: string, details: object, values = { ca: 'letsencrypt', source: 'new' }) => {
    const errors = obtainErrors(refusal(code, details), values);
    return { errors, step: stepOfErrors(errors) };
  };
  const issue = (field: string) => ({ issues: [{ field, message: 'is wrong' }] });

  test.each([
    ['altNames.2', 'altNames', 'names'],
    ['challengeType', 'challengeType', 'validation'],
    ['dnsCredentials.apiToken', 'credentials.apiToken', 'validation'],
    ['dnsCredentialId', 'source', 'validation'],
    ['email', 'email', 'options'],
    ['keySize', 'key', 'options'],
    ['eab.hmacKey', 'hmacKey', 'options'],
  ])('%s at %s, in %s', (field, shown, step) => {
    expect(at('INVALID_REQUEST', issue(field))).toEqual({ errors: { [shown]: 'Is wrong.' }, step });
  });

  test('at its field if the code is about one field, or the CA was typed', () => {
    expect(at('ACME_EAB_REQUIRED', {})).toEqual({ errors: { kid: 'No.' }, step: 'options' });
    expect(at('UNKNOWN_CA', {}, { ca: 'other', source: 'new' }).errors).toEqual({ caUrl: 'No.' });
    const required = at('DNS_CREDENTIALS_REQUIRED', { fields: ['apiToken'] });
    expect(required).toEqual({
      errors: { 'credentials.apiToken': 'This field is required.' },
      step: 'validation',
    });
  });

  test('at the top if it names no field', () => {
    expect(at('ACME_UNAVAILABLE', {})).toEqual({ errors: {}, step: null });
    expect(at('INVALID_REQUEST', issue('dryRun'))).toEqual({ errors: {}, step: null });
    expect(obtainErrors(new TypeError('fetch failed'), { ca: '', source: 'new' })).toEqual({});
  });
});
