// Many concurrent clients: no answer that indicates a bug, no change lost, and an intact database at the end.
// CERTDESK_SOAK=1: 50 clients, each of which does much more.
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Answer, type Json, startApp, type TestApp } from '../support/server/app.ts';
import { type CertifiedKey, createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const SOAK = process.env.CERTDESK_SOAK === '1';
const CLIENTS = SOAK ? 50 : 12;
/** How often a client does each of its actions. */
const ROUNDS = SOAK ? 25 : 6;
const SHARED = 'shared.example.com';

/** The state that a client expects of its own project: every confirmed change is there. */
interface Own {
  readonly id: string;
  readonly domain: string;
  name: string;
  /** The certificate in use; null: none. */
  certificate: string | null;
}

describeWith('pebble', 'many clients at once', () => {
  let pebble: Pebble;
  let app: TestApp;
  let uploads: readonly CertifiedKey[];

  beforeAll(async () => {
    pebble = await startPebble();
    app = await startApp({ pebble, staging: pebble });
    const openssl = await createOpenSsl();
    const ca = await openssl.createCa({ subject: '/CN=Clients CA' });
    uploads = await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) =>
        openssl.issue({ ca, subject: '/CN=x', san: [`DNS:client${n}.example.com`] }),
      ),
    );
    await openssl.remove();
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  /** Refusals that one client may cause another; any other failure fails the test. */
  const FINE = new Set(['OPERATION_IN_PROGRESS', 'CERTIFICATE_NOT_FOUND', 'ALREADY_REVOKED']);

  function checkAnswer(answer: Answer, what: string): Answer {
    const fine = answer.status < 300 || FINE.has(String(answer.body.code));
    expect(fine ? null : { what, status: answer.status, text: answer.text.slice(0, 300) }).toBeNull();
    return answer;
  }

  it(`${CLIENTS} of them each do everything that they may ${ROUNDS} times`, async () => {
    const shared = await app.project(SHARED);
    let calls = 0;

    async function client(n: number): Promise<Own> {
      // Its own: the number of files that wait to be checked is limited for each token.
      const token = await app.makeToken(['projects:write', 'admin']);
      const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
        calls += 1;
        const answer = await app.call(method, path, body === undefined ? { token } : { token, body });
        return checkAnswer(answer, `${method} ${path}`);
      };
      const domain = `client${n}.example.com`;
      const own: Own = { id: await app.project(domain), domain, name: domain, certificate: null };
      const path = `/projects/${own.id}/certificate`;
      const refresh = (answer: Answer): void => {
        if (answer.status < 300) own.certificate = inUse(answer.body.certificate);
      };
      const acts: readonly (() => Promise<unknown>)[] = [
        async () => {
          own.name = `client ${n} at ${calls}`;
          await call('PATCH', `/projects/${own.id}`, { name: own.name });
        },
        async () =>
          refresh(await call('POST', `${path}/obtain`, { challengeType: 'http-01', keyType: 'ec' })),
        async () => {
          const { certificate: pem = '', privateKey = '' } = uploads[n] ?? {};
          refresh(await call('POST', `${path}/upload`, { certificate: pem, privateKey }));
        },
        async () => {
          const { status } = await call('DELETE', path);
          if (status < 300) own.certificate = null;
        },
        () => call('PATCH', `/projects/${shared}`, { name: `shared by ${n}` }),
        () =>
          call('POST', `/projects/${shared}/certificate/obtain`, { challengeType: 'http-01', keyType: 'ec' }),
        () => call('GET', `/projects?limit=20&q=client`),
        () => call('GET', `${path}/status`),
        () => call('GET', '/overview'),
        () => call('GET', `/audit?limit=10`),
        async () => {
          const given = { name: `t${n}`, scopes: ['projects:read'] };
          const { body } = checkAnswer(await app.asUser('POST', '/tokens', { body: given }), 'POST /tokens');
          await call('DELETE', `/tokens/${body.id}`);
        },
        () => call('PATCH', '/settings', { renewals: { concurrency: 1 + n } }),
      ];
      // Each client has its own order of actions, the same in every run: a stride coprime to 12 reaches all of them.
      const stride = [1, 5, 7, 11][n % 4] ?? 1;
      for (let turn = 0; turn < ROUNDS * acts.length; turn += 1)
        await acts[(n + turn * stride) % acts.length]?.();
      return own;
    }

    const owns = await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)));
    console.info(`${calls} calls of ${CLIENTS} clients`);

    for (const { id, name, certificate } of owns) {
      const { body } = await app.call('GET', `/projects/${id}`);
      expect({ id, name: body.name }).toEqual({ id, name });
      expect({ id, certificate: inUse(body.certificate) }).toEqual({ id, certificate });
    }
    expect((await app.call('GET', `/projects/${shared}`)).body.name).toMatch(/^shared by \d+$/);
    expect((await app.call('GET', '/audit/verify')).body.ok).toBe(true);
    const { body: jobs } = await app.call('GET', '/jobs?limit=200');
    const open = Object.values(jobs.jobs ?? {}).filter(
      ({ state }) => !['succeeded', 'failed'].includes(String(state)),
    );
    expect(open).toEqual([]);
    checkDatabase(databasePath(app.dataFolder));
  }, 180_000);
});

function inUse(certificate: Json | null | undefined): string | null {
  if (certificate === null || certificate === undefined) return null;
  return `${certificate.type} ${certificate.issuedAt} ${certificate.expiresAt}`;
}

/** Intact, with one active certificate per project and nothing left of orders. */
function checkDatabase(path: string): void {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(sqlite.pragma('foreign_key_check')).toEqual([]);
    const twice = sqlite.prepare(
      'select project_id from certificates where superseded_at is null and removed_at is null group by project_id having count(*) > 1',
    );
    expect(twice.all()).toEqual([]);
    expect(sqlite.prepare('select count(*) from orders').pluck().get()).toBe(0);
  } finally {
    sqlite.close();
  }
}
