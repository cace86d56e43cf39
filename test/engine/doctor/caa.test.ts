import { describe, expect, it } from 'vitest';
import {
  type CaaRequest,
  evaluateCaa,
  formatCaa,
  readCaa,
  readIssueValue,
} from '../../../src/main/engine/doctor/caa.ts';

const ACCOUNT = 'https://ca.example/acct/1';
const REQUEST: CaaRequest = {
  isWildcard: false,
  domains: ['ca.example'],
  accountUrl: ACCOUNT,
  method: 'http-01',
};
const WILD = { isWildcard: true };
const verdictOf = (lines: readonly string[], more: Partial<CaaRequest> = {}) =>
  evaluateCaa(
    lines.flatMap((line) => readCaa('example.com', line) ?? []),
    { ...REQUEST, ...more },
  ).verdict;

describe('evaluateCaa', () => {
  it.each<[string, readonly string[], Partial<CaaRequest>, string]>([
    ['no record', [], {}, 'open'],
    ['only a contact', ['0 iodef mailto:a@example.com'], {}, 'open'],
    ['the CA', ['0 issue ca.example'], {}, 'permitted'],
    ['the CA in capitals, with spaces', ['0 issue  CA.Example '], {}, 'permitted'],
    ['the CA among others', ['0 issue other.example', '0 issue ca.example'], {}, 'permitted'],
    ['another CA', ['0 issue other.example'], {}, 'other-ca'],
    ['nobody', ['0 issue ;'], {}, 'other-ca'],
    ['nobody, and the CA', ['0 issue ;', '0 issue ca.example'], {}, 'permitted'],
    ['a malformed value', ['0 issue %%%'], {}, 'other-ca'],
    ['a parameter without a value', ['0 issue ca.example; policy'], {}, 'other-ca'],
    ['an unknown parameter', ['0 issue ca.example; policy=ev'], {}, 'permitted'],
    ['only wildcards of another CA', ['0 issuewild other.example'], {}, 'open'],
    ['a wildcard by issue', ['0 issue ca.example'], WILD, 'permitted'],
    ['a wildcard with issuewild of another CA', ['0 issue ca.example', '0 issuewild ;'], WILD, 'other-ca'],
    ['a wildcard with issuewild of the CA', ['0 issue ;', '0 issuewild ca.example'], WILD, 'permitted'],
    ['an unknown critical property', ['0 issue ca.example', '128 tbs Unknown'], {}, 'critical-tag'],
    ['a known critical property', ['128 issue ca.example'], {}, 'permitted'],
    ['an unknown property that is not critical', ['0 tbs Unknown'], {}, 'open'],
    ['the account', [`0 issue ca.example; accounturi=${ACCOUNT}`], {}, 'permitted'],
    ['another account', ['0 issue ca.example; accounturi=https://ca.example/acct/2'], {}, 'other-account'],
    ['a new account', [`0 issue ca.example; accounturi=${ACCOUNT}`], { accountUrl: null }, 'other-account'],
    [
      'an unknown account',
      [`0 issue ca.example; accounturi=${ACCOUNT}`],
      { accountUrl: undefined },
      'account-unknown',
    ],
    [
      'two accounts in one record',
      [`0 issue ca.example; accounturi=${ACCOUNT}; accounturi=x`],
      {},
      'other-account',
    ],
    ['the method', ['0 issue ca.example; validationmethods=dns-01,http-01'], {}, 'permitted'],
    ['another method', ['0 issue ca.example; validationmethods=dns-01'], {}, 'other-method'],
    [
      'another method, and a free record',
      ['0 issue ca.example; validationmethods=dns-01', '0 issue ca.example'],
      {},
      'permitted',
    ],
    ['no method', ['0 issue ca.example; validationmethods='], {}, 'other-method'],
  ])('%s', (_title, lines, more, verdict) => {
    expect(verdictOf(lines, more)).toBe(verdict);
  });

  it('says what the permitting record binds', () => {
    const records = [
      readCaa('example.com', `0 issue ca.example; accounturi=${ACCOUNT}; validationmethods=http-01`),
    ];
    expect(
      evaluateCaa(
        records.flatMap((each) => each ?? []),
        REQUEST,
      ),
    ).toMatchObject({
      verdict: 'permitted',
      bound: { account: true, method: true },
    });
  });
});

it('reads an issuer without parameters, and nobody', () => {
  expect(readIssueValue('ca.example')).toEqual({ domain: 'ca.example', accounts: [], methods: [] });
  expect(readIssueValue(';')).toEqual({ domain: '', accounts: [], methods: [] });
  expect(readIssueValue('')).toEqual({ domain: '', accounts: [], methods: [] });
});

it('formats a record as in a zone file', () => {
  const record = { owner: 'example.com', flags: 0, tag: 'issue', value: 'ca.example; a="b"' };
  expect(formatCaa(record)).toBe('example.com. 300 IN CAA 0 issue "ca.example; a=\\"b\\""');
});
