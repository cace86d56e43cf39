// Only ordered names are validated for a CA.
import { expect, it } from 'vitest';
import type { AcmeAuthorization, AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import type { ProofOrder } from '../../../src/main/engine/challenges/proof.ts';
import { prove } from '../../../src/main/engine/challenges/prove.ts';
import type { ChallengeSolver } from '../../../src/main/engine/challenges/solver.ts';
import { REAL_TIMING } from '../../../src/main/engine/core/timing.ts';

/** What is presented for these authorizations if `names` were ordered; and the result. */
async function proveFor(
  names: readonly string[],
  asked: readonly Partial<AcmeAuthorization>[],
  reserve: ChallengeSolver['reserve'] = () => null,
) {
  const presented: string[] = [];
  const solver: ChallengeSolver = {
    type: 'dns-01',
    reserve,
    present: async ({ identifier }) => void presented.push(identifier),
    awaitVisible: async () => undefined,
    cleanUp: async () => undefined,
  };
  const authorizations = asked.map((each, n): AcmeAuthorization => {
    const challenge = {
      type: 'dns-01',
      url: `https://ca/c/${n}`,
      status: 'pending' as const,
      token: 'token',
    };
    const identifier = { type: 'dns', value: 'a.example' };
    const rest = { status: 'pending' as const, wildcard: false, retryAfterMs: null };
    return { url: `https://ca/a/${n}`, identifier, ...rest, challenges: [challenge], ...each };
  });
  const session = {
    getAuthorization: async (url: string) => {
      const found = authorizations.find((each) => each.url === url);
      if (found === undefined) throw new Error(url);
      return presented.length === 0 ? found : { ...found, status: 'valid' as const };
    },
    keyAuthorization: (token: string) => `${token}.print`,
    completeChallenge: async () => ({ retryAfterMs: null }),
  } as unknown as AcmeSession;
  const order = { challenges: [] as unknown[] };
  const reported: string[] = [];
  const orderState = {
    order,
    reportStep: (_step: string, message: string) => void reported.push(message),
    stageChallenge: () => undefined,
    flush: async () => undefined,
  } as unknown as ProofOrder;
  const urls = authorizations.map(({ url }) => url);
  const result = prove(
    { solver, spec: { names } },
    {
      orderState,
      session,
      signal: AbortSignal.timeout(20_000),
      deadline: REAL_TIMING.now() + 20_000,
      timing: REAL_TIMING,
      accountUrl: 'https://ca.example/account/1',
      wait: (work) => work(),
      meanwhile: () => undefined,
      order: {
        url: 'https://ca/o',
        status: 'pending',
        identifiers: [],
        authorizations: urls,
        finalize: 'https://ca/f',
        retryAfterMs: null,
      },
    },
  );
  const error = await result.then(
    () => null,
    (cause: unknown) => cause,
  );
  return { presented, error, reported };
}

it.each([
  [{ type: 'dns', value: 'victim.example' }],
  [{ type: 'dns', value: 'sub.a.example' }],
  [{ type: 'ip', value: '192.0.2.1' }],
])('refuses to validate %j, which was not ordered, and validates nothing at all', async (identifier) => {
  const { presented, error } = await proveFor(['a.example'], [{}, { identifier }]);
  expect(error).toMatchObject({ code: 'ACME_PROTOCOL_ERROR', details: { identifier } });
  expect(presented).toEqual([]);
});

it('validates what was ordered: a wildcard by its bare name, in any case', async () => {
  const wildcard = { identifier: { type: 'dns', value: 'B.example' }, wildcard: true };
  const { presented, error } = await proveFor(['a.example', '*.b.example'], [{}, wildcard]);
  expect(error).toBeNull();
  expect(presented.toSorted()).toEqual(['B.example', 'a.example']);
});

it('names wildcards with their asterisk, whether or not the CA marks their authorizations', async () => {
  const bare = { identifier: { type: 'dns', value: 'b.example' } };
  const asked = (names: string) => expect.stringContaining(`The CA is validating ${names}`);
  const both = ['b.example', '*.b.example'];
  for (const second of [bare, { ...bare, wildcard: true }]) {
    const { reported } = await proveFor(both, [bare, second]);
    expect(reported).toContainEqual(asked('b.example, *.b.example'));
  }
  expect((await proveFor(['*.b.example'], [bare])).reported).toContainEqual(asked('*.b.example'));
});

it('waits for its turn if another order validates the same name, and says why', async () => {
  const turns = ['a.example', null];
  const asked: (readonly string[])[] = [];
  const { presented, error, reported } = await proveFor(['a.example'], [{}], (tasks) => {
    asked.push(tasks.map(({ keyAuthorization }) => keyAuthorization));
    return turns.shift() ?? null;
  });
  expect(error).toBeNull();
  expect(asked).toEqual([['token.print'], ['token.print']]);
  expect(presented).toEqual(['a.example']);
  expect(reported).toContainEqual(expect.stringMatching(/Waiting: another order for a\.example/));
});
