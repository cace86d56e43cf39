import { describe, expect, it } from 'vitest';
import { readCaa } from '../../../src/main/engine/doctor/caa.ts';
import { evaluateLock, type LockTarget, lockRecords } from '../../../src/main/engine/doctor/caa-lock.ts';
import { type CaaFacts, type Fact, known, unknown } from '../../../src/main/engine/doctor/facts.ts';

const NAME = 'www.example.com';
const TARGET: LockTarget = {
  domains: ['ca.example'],
  accountUrl: 'https://ca.example/acct/1',
  method: 'dns-01',
};
const BOUND = '0 issue ca.example; accounturi=https://ca.example/acct/1; validationmethods=dns-01';

function caa(...lines: readonly string[]): Fact<CaaFacts> {
  const records = lines.flatMap((line) => readCaa(NAME, line) ?? []);
  return known({ owner: lines.length === 0 ? null : NAME, records, failed: null });
}
const lock = (...lines: readonly string[]) => evaluateLock([{ name: NAME, caa: caa(...lines) }], TARGET);

describe('lockRecords', () => {
  it('binds a name, and forbids wildcards that the project does not have', () => {
    expect(lockRecords([NAME], TARGET).map(({ owner, tag, value }) => [owner, tag, value])).toEqual([
      [NAME, 'issue', 'ca.example; accounturi=https://ca.example/acct/1; validationmethods=dns-01'],
      [NAME, 'issuewild', ';'],
    ]);
  });

  it('binds a wildcard at the name without *., once with its base name', () => {
    const tags = lockRecords([NAME, `*.${NAME}`], TARGET).map(({ owner, tag }) => `${owner} ${tag}`);
    expect(tags).toEqual([`${NAME} issue`, `${NAME} issuewild`]);
    expect(lockRecords([`*.${NAME}`], TARGET).map(({ tag }) => tag)).toEqual(['issuewild']);
  });
});

describe('evaluateLock', () => {
  it.each([
    ['locked', [BOUND, '0 issuewild ;']],
    ['loose', ['0 issue ca.example']],
    ['loose', [BOUND, '0 issue other.example']],
    ['loose', ['0 issue ca.example; accounturi=https://ca.example/acct/1']],
    ['open', []],
    ['open', ['0 iodef mailto:a@example.com']],
    ['forbidden', ['0 issue other.example']],
    ['forbidden', ['0 issue ca.example; accounturi=https://ca.example/acct/2']],
    ['forbidden', ['0 issue ca.example; validationmethods=http-01']],
    ['forbidden', [BOUND, '128 tbs Unknown']],
  ] as const)('is %s with %j', (state, lines) => {
    expect(lock(...lines)).toMatchObject({ state, message: expect.stringMatching(/\.$/) });
  });

  it('is unknown if DNS cannot be read, and forbidden if any name is', () => {
    const lost = { name: `a.${NAME}`, caa: unknown('no answer in time') };
    expect(evaluateLock([lost], TARGET).state).toBe('unknown');
    expect(evaluateLock([lost, { name: NAME, caa: caa('0 issue x.example') }], TARGET).state).toBe(
      'forbidden',
    );
  });

  it('lists what to create and what to remove, and nothing once it is done', () => {
    expect(lock('0 issue other.example')).toMatchObject({
      add: [
        `${NAME}. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/1; validationmethods=dns-01"`,
        `${NAME}. 300 IN CAA 0 issuewild ";"`,
      ],
      remove: [`${NAME}. IN CAA 0 issue "other.example"`],
    });
    expect(lock(BOUND, '0 issuewild ;')).toMatchObject({ add: [], remove: [] });
  });
});
