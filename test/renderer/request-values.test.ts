// What the request form sends and checks, and where it shows an error of the server.
import { TRPCClientError } from '@trpc/client';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../src/renderer/certificates/request/request-changes.ts';
import { hasAdvancedError, requestErrors } from '../../src/renderer/certificates/request/request-errors.ts';
import {
  type Before,
  checkCount,
  checkRequest,
  methodOf,
  namesOf,
  newValues,
  type RequestValues,
  toRequest,
  valuesAgain,
} from '../../src/renderer/certificates/request/request-values.ts';
import type { Project } from '../../src/shared/project.ts';

const PROJECT: Project = {
  id: 'p',
  name: 'shop',
  domain: 'shop.example.com',
  altNames: [],
  tags: [],
  createdAt: '2026-01-01T00:00:00Z',
};
const VALUES = newValues('', []);
const NAMES = ['shop.example.com'];
const TOKEN = { name: 'apiToken', label: 'API token', secret: true, required: true, type: 'text' } as const;
const PROVIDER = { id: 'cloudflare', name: 'Cloudflare', docs: '', permissions: '', credentials: [TOKEN] };
const known = { project: PROJECT, provider: undefined, needsEab: false };

describe('the request', () => {
  test('has no DNS part for HTTP-01, even if one was typed before', () => {
    const values = { ...VALUES, dnsProvider: 'cloudflare', credentials: { apiToken: 'x' } };
    const body = toRequest(values, NAMES, false);
    expect(body).toEqual({
      challengeType: 'http-01',
      altNames: [],
      keyType: 'ec',
      keySize: 256,
      ca: 'letsencrypt',
      autoRenew: true,
      staging: false,
      dryRun: false,
    });
  });

  test('has new, saved, or the project’s credentials for DNS-01', () => {
    const dns = { ...VALUES, method: 'dns-01', dnsProvider: 'cloudflare' } as const;
    const given = toRequest({ ...dns, credentials: { apiToken: 'x', zone: ' ' } }, NAMES, true);
    expect(given).toMatchObject({
      dnsProvider: 'cloudflare',
      dnsCredentials: { apiToken: 'x' },
      dryRun: true,
    });
    const kept = toRequest({ ...dns, source: 'id-1', credentials: { apiToken: 'x' } }, NAMES, false);
    expect(kept).toMatchObject({ dnsCredentialId: 'id-1' });
    expect(kept).not.toHaveProperty('dnsCredentials');
    const own = toRequest({ ...dns, source: 'project' }, NAMES, false);
    expect(own).not.toHaveProperty('dnsCredentials');
    expect(own).not.toHaveProperty('dnsProvider');
  });

  test('has another CA by its address, with an external account', () => {
    const values = { ...VALUES, ca: 'other', caUrl: ' https://ca.example/dir ', kid: 'k', hmacKey: 'h' };
    expect(toRequest(values, NAMES, false)).toMatchObject({
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

  const again = (before: Before, project = PROJECT, saved: string[] = []) =>
    valuesAgain(project, before, saved);
  const requestOf = (values: RequestValues, project = PROJECT) =>
    toRequest(values, namesOf(project, values), false);

  test('the form starts with its CA, key, method, profile and credentials, and the project’s names', () => {
    const values = again(lastOf(), { ...PROJECT, altNames: ['www.example.com'] });
    expect(requestOf(values)).toEqual({
      ...{
        challengeType: 'dns-01',
        altNames: ['www.example.com'],
        keyType: 'rsa',
        keySize: 4096,
        ca: 'zerossl',
      },
      email: 'a@example.com',
      profile: 'tlsserver',
      profileUse: 'preferred',
      preferredChain: 'Root X',
      autoRenew: false,
      staging: false,
      dryRun: false,
    });
    expect(values.source).toBe('project');
  });

  test('the form offers existing credentials: saved ones, none for manual records, new ones if none were saved', () => {
    const dnsCredential = { id: 'id-1', name: 'Ours' };
    expect(again(lastOf({ dnsCredential }), PROJECT, ['id-2']).source).toBe('id-1');
    const manual = again(lastOf({ dnsProvider: { id: 'manual', name: 'Manual' } }), PROJECT, ['id-2']);
    expect(requestOf(manual)).toMatchObject({ challengeType: 'dns-01', dnsProvider: 'manual' });
    expect(manual.source).toBe('id-2'); // if the user changes the method
    expect(again(lastOf({}, false))).toMatchObject({ source: 'new', dnsProvider: 'cloudflare' });
  });

  test('a CA by its address stays one, and a new wildcard needs DNS-01', () => {
    const url = 'https://ca.example/dir';
    expect(requestOf(again(lastOf({ ca: { id: url, name: url } }))).ca).toBe(url);
    const wild = { ...PROJECT, altNames: ['*.example.com'] };
    const values = again(lastOf({ challengeType: 'http-01', dnsProvider: null }), wild);
    expect(values.method).toBe('http-01');
    expect(methodOf(values, namesOf(wild, values))).toBe('dns-01');
    expect(methodOf({ method: 'manual' }, ['*.example.com'])).toBe('manual');
  });

  test('only a change of CA, key or method is named', () => {
    const first = again(lastOf());
    const nameOf = (id: string) => (id === 'zerossl' ? 'ZeroSSL' : 'Let’s Encrypt');
    expect(changesOf(first, { ...first, email: 'b@example.com' }, nameOf)).toEqual([]);
    expect(changesOf(null, VALUES, nameOf)).toEqual([]);
    expect(changesOf(first, VALUES, nameOf)).toEqual([
      { field: 'ca', before: 'ZeroSSL', after: 'Let’s Encrypt' },
      { field: 'key', before: 'RSA 4096', after: 'EC P-256' },
      { field: 'method', before: 'DNS-01', after: 'HTTP-01' },
    ]);
  });
});

describe('the validation of the form', () => {
  const check = (more: Partial<RequestValues>, others: Partial<typeof known> = {}) =>
    checkRequest({ ...VALUES, ...more }, { ...known, ...others });

  test('checks the names that were typed', () => {
    expect(check({ names: 'a.example.com b_c.example.com' })).toHaveProperty('names');
    expect(check({ names: '*.example.com, www.example.com' })).toEqual({
      dnsProvider: 'Select a DNS provider.',
    });
    expect(checkRequest({ ...VALUES, names: ' ,' }, { ...known, project: null })).toHaveProperty('names');
    expect(check({ names: ' ,' })).toEqual({}); // the project has a domain
    const many = Array.from({ length: 100 }, (_, n) => `n${n}.example.com`).join('\n');
    expect(check({ names: many })).toHaveProperty('names');
    expect(checkRequest({ ...VALUES, names: many }, { ...known, project: null })).toEqual({});
  });

  test('counts the names that the CA accepts with the selected profile', () => {
    const profiles = [{ name: 'shortlived', maxNames: 25, lifetimeHours: 160 }];
    const ca = { name: 'CA', ipProfile: 'shortlived', capabilities: { maxNames: 100, profiles } };
    const names = Array.from({ length: 26 }, (_, n) => `n${n}.example.com`);
    const known = ca as unknown as Parameters<typeof checkCount>[2];
    expect(checkCount({ profile: '' }, names, known)).toBeNull();
    expect(checkCount({ profile: 'shortlived' }, names, known)).toMatch(/at most 25 names with the profile/);
    expect(checkCount({ profile: '' }, [...names.slice(1), '192.0.2.1'], known)).toMatch(/at most 25 names/);
    expect(checkCount({ profile: 'shortlived' }, names.slice(1), known)).toBeNull();
    expect(checkCount({ profile: 'shortlived' }, names, undefined)).toBeNull();
  });

  test('checks a provider and its required fields', () => {
    const dns = { method: 'dns-01' } as const;
    expect(check(dns)).toHaveProperty('dnsProvider');
    const chosen = { ...known, provider: PROVIDER };
    expect(checkRequest({ ...VALUES, ...dns }, chosen)).toEqual({
      'credentials.apiToken': 'API token is required.',
    });
    expect(checkRequest({ ...VALUES, ...dns, credentials: { apiToken: 'x' } }, chosen)).toEqual({});
    expect(check({ ...dns, source: 'project' })).toEqual({});
    expect(check({ method: 'manual' })).toEqual({});
  });

  test('requires an external account if the CA does, or if half of it is given', () => {
    expect(check({}, { needsEab: true })).toEqual({
      kid: 'This CA requires it.',
      hmacKey: 'This CA requires it.',
    });
    expect(check({ kid: 'k' })).toHaveProperty('hmacKey');
    expect(check({ ca: 'other', caUrl: 'http://x' })).toHaveProperty('caUrl');
    expect(hasAdvancedError(check({ kid: 'k' }))).toBe(true);
    expect(hasAdvancedError(check({ method: 'dns-01' }))).toBe(false);
  });
});

describe('an error is shown', () => {
  const refusal = (code: string, details: object, error = 'No.') => {
    const failure = new TRPCClientError(error);
    Object.assign(failure, { data: { body: { success: false, code, error, details } } });
    return failure;
  };
  const at = (code: string, details: object, values = { ca: 'letsencrypt', source: 'new' }) =>
    requestErrors(refusal(code, details), values);
  const issue = (field: string) => ({ issues: [{ field, message: 'is wrong' }] });

  test.each([
    ['altNames.2', 'names'],
    ['domain', 'names'],
    ['name', 'projectName'],
    ['challengeType', 'method'],
    ['dnsCredentials.apiToken', 'credentials.apiToken'],
    ['dnsCredentialId', 'source'],
    ['email', 'email'],
    ['keySize', 'key'],
    ['eab.hmacKey', 'hmacKey'],
  ])('%s at %s', (field, shown) => {
    expect(at('INVALID_REQUEST', issue(field))).toEqual({ [shown]: 'Is wrong.' });
  });

  test('at its field if the code is about one field, or the CA was typed', () => {
    expect(at('ACME_EAB_REQUIRED', {})).toEqual({ kid: 'No.' });
    expect(at('UNKNOWN_CA', {}, { ca: 'other', source: 'new' })).toEqual({ caUrl: 'No.' });
    const required = at('DNS_CREDENTIALS_REQUIRED', { fields: ['apiToken'] });
    expect(required).toEqual({ 'credentials.apiToken': 'This field is required.' });
  });

  test('at the top if it names no field', () => {
    expect(at('ACME_UNAVAILABLE', {})).toEqual({});
    expect(at('INVALID_REQUEST', issue('dryRun'))).toEqual({});
    expect(requestErrors(new TypeError('fetch failed'), { ca: '', source: 'new' })).toEqual({});
  });
});

describe('IP addresses', () => {
  const dns = { ...VALUES, method: 'dns-01', dnsProvider: 'cloudflare' } as const;

  test('are validated by HTTP-01, even if the last request used DNS-01', () => {
    expect(methodOf(dns, ['203.0.113.7'])).toBe('http-01');
    expect(methodOf({ method: 'manual' }, ['example.com', '2001:db8::1'])).toBe('http-01');
    expect(toRequest(dns, ['203.0.113.7'], false)).toMatchObject({ challengeType: 'http-01' });
  });

  test('cannot be in a certificate with a wildcard', () => {
    const project = { ...PROJECT, domain: '*.example.com' };
    const errors = checkRequest({ ...VALUES, names: '203.0.113.7' }, { ...known, project });
    expect(errors.names).toContain('Request two certificates');
  });
});
