import { describe, expect, it } from 'vitest';
import {
  formatPersistRecord,
  judgePersistRecords,
  parsePersistRecord,
  persistName,
} from '../../../src/main/engine/challenges/persist-record.ts';

const ACCOUNT = 'https://ca.example/acme/acct/4711';
const NOW = new Date('2026-12-01T00:00:00Z');
const LATER = NOW.getTime() / 1000 + 86_400;
const demand = (wildcard = false) => ({
  issuers: ['CA.example', 'other.example'],
  accountUri: ACCOUNT,
  wildcard,
});

describe('the record of dns-persist-01', () => {
  it('has the name of the base domain, never below *.', () => {
    expect(persistName('www.Example.com')).toBe('_validation-persist.www.example.com');
    expect(persistName('*.example.com')).toBe('_validation-persist.example.com');
  });

  it('names the issuer, the account, and the policy for a wildcard', () => {
    expect(formatPersistRecord(demand())).toBe(`ca.example; accounturi=${ACCOUNT}`);
    expect(formatPersistRecord(demand(true))).toBe(`ca.example; accounturi=${ACCOUNT}; policy=wildcard`);
  });

  it('is read with any spaces, case and unknown parameters', () => {
    expect(
      parsePersistRecord(`CA.example. ;AccountURI=${ACCOUNT};  Policy=Wildcard ; x=1;persistUntil=99`),
    ).toEqual({ issuer: 'ca.example', accountUri: ACCOUNT, policy: 'wildcard', persistUntil: 99 });
    expect(parsePersistRecord('ca.example')).toBeNull();
    expect(parsePersistRecord(`ca.example; accounturi=${ACCOUNT}; persistUntil=soon`)).toBeNull();
  });

  it.each([
    ['there is none', ['v=spf1 -all'], false, { state: 'missing' }],
    ['it names another CA', [`elsewhere.example; accounturi=${ACCOUNT}`], false, { state: 'missing' }],
    ['it names another account', [`ca.example; accounturi=${ACCOUNT}0`], false, { state: 'other-account' }],
    ['a wildcard needs its policy', [`ca.example; accounturi=${ACCOUNT}`], true, { state: 'no-wildcard' }],
    [
      'it has ended',
      [`ca.example; accounturi=${ACCOUNT}; persistUntil=${LATER - 90_000}`],
      false,
      { state: 'expired' },
    ],
    [
      'it is valid, as the second name of the CA',
      [`other.example; accounturi=${ACCOUNT}; persistUntil=${LATER}`],
      false,
      { state: 'valid', persistUntil: LATER, tooWide: false },
    ],
    [
      'it allows more than needed',
      [`ca.example; accounturi=${ACCOUNT}; policy=wildcard`],
      false,
      { state: 'valid', persistUntil: null, tooWide: true },
    ],
  ])('%s', (_, texts, wildcard, verdict) => {
    expect(judgePersistRecords(texts, demand(wildcard), NOW)).toEqual(verdict);
  });
});
