import { expect, it } from 'vitest';
import { known, unknown } from '../../../src/main/engine/doctor/facts.ts';
import {
  basesOf,
  judgePersistName,
  summarizePersist,
} from '../../../src/main/engine/doctor/persist-report.ts';

const TARGET = { ca: 'Test CA', domains: ['ca.example'], accountUrl: 'https://ca.example/acct/1' };
const NOW = new Date('2026-12-01T00:00:00Z');
const VALUE = 'ca.example; accounturi=https://ca.example/acct/1';
const BASE = { base: 'example.com', names: ['example.com'] };
const judge = (...texts: readonly string[]) => judgePersistName(BASE, known(texts), TARGET, NOW);
const seconds = (days: number) => NOW.getTime() / 1000 + days * 86_400;

it('has one record for a name and its wildcard, and none for covered names and addresses', () => {
  expect(
    basesOf(['example.com', '*.example.com', 'www.example.com', 'a.b.example.com', '192.0.2.1', '::1']),
  ).toEqual([
    { base: 'example.com', names: ['example.com', '*.example.com'] },
    { base: 'a.b.example.com', names: ['a.b.example.com'] },
  ]);
});

it('shows the exact record, never below *.', () => {
  const names = ['*.example.com'];
  expect(judgePersistName({ ...BASE, names }, known([]), TARGET, NOW)).toMatchObject({
    name: '_validation-persist.example.com',
    for: names,
    value: `${VALUE}; policy=wildcard`,
    record: `_validation-persist.example.com. 300 IN TXT "${VALUE}; policy=wildcard"`,
    state: 'missing',
  });
});

it('splits a long value into strings of 255 bytes', () => {
  const accountUrl = `https://ca.example/${'a'.repeat(300)}`;
  const { record } = judgePersistName(BASE, known([]), { ...TARGET, accountUrl }, NOW);
  expect(record?.match(/"[^"]*"/g)?.map((part) => part.length - 2)).toEqual([255, 87]);
});

it('has no value without an account', () => {
  const none = { ...TARGET, accountUrl: null };
  expect(judgePersistName(BASE, known([]), none, NOW)).toMatchObject({
    value: null,
    record: null,
    state: 'missing',
  });
  expect(judgePersistName(BASE, known([VALUE]), none, NOW).state).toBe('other-account');
});

it.each([
  ['valid', [VALUE], false, null],
  ['valid', [`${VALUE}; policy=wildcard`], true, null],
  ['valid', [`${VALUE}; persistUntil=${seconds(15)}`], false, '2026-12-16T00:00:00Z'],
  ['ending', [`${VALUE}; persistUntil=${seconds(13)}`], false, '2026-12-14T00:00:00Z'],
  ['valid', [`${VALUE}; persistUntil=${seconds(1)}`, VALUE], false, null],
  ['valid', [`${VALUE}; persistUntil=99999999999999999999`], false, null],
  ['expired', [`${VALUE}; persistUntil=${seconds(-1)}`], false, null],
  ['other-account', [`${VALUE}0`], false, null],
] as const)('is %s with %j', (state, texts, tooWide, endsAt) => {
  expect(judge(...texts)).toMatchObject({ state, tooWide, endsAt });
});

it('summarizes the most serious state, with the names', () => {
  const lost = judgePersistName(
    { base: 'a.example', names: ['a.example'] },
    unknown('no answer in time'),
    TARGET,
    NOW,
  );
  expect(summarizePersist([judge(VALUE)], 'renewal-fails').state).toBe('valid');
  expect(summarizePersist([judge(VALUE), lost], 'renewal-fails')).toEqual({
    state: 'unknown',
    message: '_validation-persist.a.example: DNS could not be read: no answer in time.',
  });
  expect(summarizePersist([judge()], 'none-yet').message).toMatch(/There is no record of this CA\.$/);
  const many = Array.from({ length: 7 }, () => judge());
  expect(summarizePersist([judge()], 'renewal-creates').message).toContain(
    'The next renewal creates it at the DNS provider.',
  );
  expect(summarizePersist([lost, ...many], 'renewal-fails')).toEqual({
    state: 'missing',
    message: `${Array.from({ length: 5 }, () => '_validation-persist.example.com').join(', ')}, and 2 more: There is no record of this CA. The next renewal will fail.`,
  });
});
