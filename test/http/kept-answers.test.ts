// Answers that are given again: exactly as the first time, and not once more after anything that they follow from.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeptAnswers } from '../../src/main/http/kept-answers.ts';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { type Answer, type Call, startApp, type TestApp } from '../support/app.ts';
import { CERTIFICATE } from '../support/records.ts';

const DAY_MS = 86_400_000;
const END = Date.parse('2027-06-01T00:00:00Z');

let app: TestApp;
let now: Date;
let id: string;
beforeEach(async () => {
  now = new Date(END - 40.5 * DAY_MS);
  app = await startApp({ platform: { clock: { now: () => now } } });
  id = await app.project('shop.example.com');
  await elsewhere((stores) =>
    stores.certificates.activate({
      ...CERTIFICATE,
      projectId: id,
      issuerName: 'Zürcher CA № 1 🔏', // an octet, two, three and four to a character
      expiresAt: '2027-06-01T00:00:00Z',
    }),
  );
  await ask(); // notes the use of the token
});
afterEach(() => app?.stop());

/** A change by another connection, as another process makes it. */
async function elsewhere(work: (stores: ReturnType<typeof createStores>) => Promise<unknown>): Promise<void> {
  const database = openDatabase(databasePath(app.dataFolder));
  await work(createStores(database.db));
  await database.close();
}

const ask = (call: Call = {}, what = '/status') =>
  app.call('GET', `/projects/${id}/certificate${what}`, call);

/** Whether the last request was answered by what was kept. */
const wasKept = (): boolean => JSON.parse(app.log.at(-1) ?? '{}').kept === true;

async function kept(call?: Call, what?: string): Promise<boolean> {
  await ask(call, what);
  return wasKept();
}

const headersOf = ({ headers }: Answer) =>
  Object.fromEntries([...headers].filter(([name]) => name !== 'date'));

describe('an answer is given again', () => {
  it.each(['', '/status'])('to the same question, as it was: certificate%s', async (what) => {
    now = new Date(now.getTime() + 60_000);
    const first = await ask({}, what); // notes the use of the token, so that the next one is kept
    expect(wasKept()).toBe(false);
    expect(await kept({}, what)).toBe(false);
    const second = await ask({}, what);
    expect(wasKept()).toBe(true);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.body.issuer).toBe(what === '' ? 'Zürcher CA № 1 🔏' : undefined);
    expect(headersOf(second)).toEqual(headersOf(first));
    expect(JSON.parse(app.log.at(-1) ?? '')).toMatchObject({
      path: `/api/v1/projects/${id}/certificate${what}`,
      status: 200,
    });
  });

  it('where there is no certificate', async () => {
    await app.call('DELETE', `/projects/${id}/certificate`);
    expect((await ask()).text).toBe('null');
    expect(await kept()).toBe(true);
  });
});

describe('an answer is made anew', () => {
  beforeEach(async () => {
    await ask();
    expect(await kept()).toBe(true);
  });

  it('after a change by this server', async () => {
    const { status } = await app.call('DELETE', `/projects/${id}/certificate`);
    expect(status).toBe(200);
    expect((await ask()).text).toBe('null');
    expect(wasKept()).toBe(false);
  });

  it('after a change by another process', async () => {
    await elsewhere((stores) =>
      stores.certificates.update(CERTIFICATE.id, { revokedAt: '2027-01-01T00:00:00Z' }),
    );
    expect((await ask()).body.status).toBe('revoked');
  });

  it('for a token that another process has revoked', async () => {
    await elsewhere(async (stores) => {
      const [token] = await stores.tokens.list();
      await stores.tokens.update(token?.id ?? '', { revokedAt: '2027-01-01T00:00:00Z' });
    });
    expect((await ask()).status).toBe(401);
  });

  it('with each whole day, and when it expires', async () => {
    const at = async (daysLeft: number, ms: number) => {
      now = new Date(END - daysLeft * DAY_MS + ms);
      if (ms < 0) await ask(); // notes the use of the token
      const { body } = await ask();
      return [body.daysUntilExpiry, body.status];
    };
    // The first answer of each pair is kept; the second question comes at the next day's first moment.
    expect([await at(32, -1), await at(32, 0)]).toEqual([
      [33, 'valid'],
      [32, 'valid'],
    ]);
    expect([await at(30, -1), await at(30, 0)]).toEqual([
      [31, 'valid'],
      [30, 'expiring_soon'],
    ]);
    expect([await at(0, -1), await at(0, 0)]).toEqual([
      [1, 'expiring_soon'],
      [0, 'expired'],
    ]);
    expect(await at(0, 5_000)).toEqual([0, 'expired']);
    expect(wasKept()).toBe(true);
  });

  it('after half a minute, so that the use of a token is noted', async () => {
    const from = now.getTime();
    now = new Date(from + 29_999);
    expect(await kept()).toBe(true);
    now = new Date(from + 30_000);
    expect(await kept()).toBe(false);
  });

  it('where the clock was set back', async () => {
    now = new Date(now.getTime() - 1);
    expect(await kept()).toBe(false);
  });

  it.each([
    ['another token', async () => ({ token: await app.makeToken(['projects:read']) })],
    ['no token', async () => ({ token: null })],
    ['a cookie beside it', async () => ({ headers: { Cookie: 'a=b' } })],
  ])('for %s', async (_, call) => {
    const given = await call();
    await ask(); // whatever the call's making has written
    expect(await kept(given)).toBe(false);
  });

  it('for an address that no operation has, however often', async () => {
    for (const more of ['?x=1', `?${'x'.repeat(400)}`]) {
      await ask({}, `/status${more}`);
      expect(await kept({}, `/status${more}`)).toBe(false);
    }
  });

  it('for another method', async () => {
    const headers = { Authorization: `Bearer ${app.token}` };
    const url = `${app.app.address}/api/v1/projects/${id}/certificate/status`;
    const answer = await fetch(url, { method: 'HEAD', headers });
    expect([answer.status, await answer.text(), wasKept()]).toEqual([200, '', false]);
  });
});

it('a token is no longer answered from the moment that it expires', async () => {
  const expiresAt = new Date(now.getTime() + 5_000).toISOString();
  const { secret } = await app.app.engine.tokens.create({
    name: 'short',
    scopes: ['projects:read'],
    projectIds: null,
    expiresAt,
  });
  await ask({ token: secret });
  await ask({ token: secret });
  expect(await kept({ token: secret })).toBe(true);
  now = new Date(now.getTime() + 4_999);
  expect(await kept({ token: secret })).toBe(true);
  now = new Date(now.getTime() + 1);
  expect((await ask({ token: secret })).status).toBe(401);
});

describe('where the database cannot be read', () => {
  const request = (url = '/api/v1/projects/p/certificate') =>
    ({ method: 'GET', url, headers: { host: 'localhost', authorization: 'Bearer x' } }) as IncomingMessage;
  const make = (version: () => number) => createKeptAnswers({ version, now: () => 0, told: () => undefined });
  const answer = { headers: {}, body: '{}', sameUntil: () => 1_000 };
  const unanswered = {} as ServerResponse; // whatever would be done with it would fail

  it('answers nothing itself', async () => {
    let fails = false;
    const answers = make(() => {
      if (fails) throw new Error('SQLITE_PROTOCOL');
      return 1;
    });
    answers.begin(request())(answer);
    fails = true;
    expect(answers.answer(request(), unanswered)).toBe(false);
    answers.begin(request())(answer);
    fails = false;
    await new Promise((resolve) => setImmediate(resolve));
    expect(answers.answer(request(), unanswered)).toBe(false);
  });
});

it('keeps no failure', async () => {
  const absent = () => app.call('GET', '/projects/none/certificate/status');
  expect([(await absent()).status, (await absent()).status, wasKept()]).toEqual([404, 404, false]);
});
