// The abuse suite: every caller tries every operation, and every field of its request, against a running server. It is
// generated from the router, so an operation cannot be forgotten; the table here lists what each caller may do.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../src/main/api/context.ts';
import { appRouter } from '../../src/main/api/router.ts';
import { toFailure } from '../../src/main/api/trpc.ts';
import { WINDOW, windowContext } from '../../src/main/electron/window-context.ts';
import { ACCESS_FILE } from '../../src/shared/local-access.ts';
import { REACHES, type Reach } from '../../src/shared/reach.ts';
import { type Timestamp, toTimestamp } from '../../src/shared/time.ts';
import type { Scope } from '../../src/shared/token.ts';
import { type Answer, startApp, type TestApp } from '../support/server/app.ts';
import {
  type DeclaredField,
  type DeclaredOperation,
  declaredOperations,
} from '../support/server/reach-table.ts';
import { signIn } from '../support/server/signed-in-user.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

const CALLERS = [
  ...['none', 'read', 'write', 'limited', 'expiring', 'download', 'admin'],
  ...['session', 'stale session', 'window', 'stale window', 'command line'],
] as const;

/** ✓ allowed, 401 UNAUTHENTICATED, – FORBIDDEN, P PROOF_REQUIRED; one column per caller. */
const TABLE: Readonly<Record<string, string>> = {
  open: '✓   ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓',
  'project read': '401 ✓ ✓ ✓ ✓ – ✓ ✓ ✓ ✓ ✓ ✓',
  'project write': '401 – ✓ ✓ ✓ – ✓ ✓ ✓ ✓ ✓ ✓',
  'key download': '401 – ✓ ✓ ✓ ✓ ✓ ✓ P ✓ P ✓',
  'all projects': '401 – ✓ – ✓ – ✓ ✓ ✓ ✓ ✓ ✓',
  'private key': '401 – ✓ ✓ ✓ – ✓ ✓ P ✓ P ✓',
  installation: '401 – – – – – ✓ ✓ ✓ ✓ ✓ ✓',
  'system read': '401 – – – – – – ✓ ✓ ✓ ✓ –',
  'system change': '401 – – – – – – ✓ P ✓ P –',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  '✓': 'allowed',
  '401': 'UNAUTHENTICATED',
  '–': 'FORBIDDEN',
  P: 'PROOF_REQUIRED',
};

function rowOf(need: string): Readonly<Record<string, string>> {
  const cells = (TABLE[need] ?? '').trim().split(/\s+/);
  return Object.fromEntries(CALLERS.map((caller, at) => [caller, OUTCOMES[cells[at] ?? ''] ?? 'no cell']));
}

/** The row of a request for this operation with this field. */
function assessCertificate({ meta, type }: DeclaredOperation, field: DeclaredField | null): string {
  const reach = furthest([meta.reach ?? 'system', field?.reach ?? 'project']);
  if (meta.scope === null) return 'open';
  if (reach === 'system') return type === 'mutation' ? 'system change' : 'system read';
  if (reach === 'installation') return 'installation';
  if (meta.projects === 'all' || field?.allProjects === true) return 'all projects';
  if (meta.scope === 'certificates:download') return 'key download';
  return meta.scope === 'projects:read' ? 'project read' : 'project write';
}

const furthest = (reaches: readonly Reach[]): Reach =>
  REACHES.findLast((reach) => reaches.includes(reach)) ?? 'system';

let app: TestApp;
let now = new Date('2027-03-01T12:00:00Z');
let project: string;
const tokens: Record<string, string | null> = { none: null };

beforeAll(async () => {
  app = await startApp({
    // No DNS server: an operation that asks one must not wait for it.
    platform: {
      clock: { now: () => now },
      dns: { resolvers: ['127.0.0.1:9'], endpoints: {}, authorityPort: null },
    },
  });
  project = await app.project('own.example.com');
  const make = async (scopes: readonly Scope[], more: object = {}) => {
    const given = { name: 'abuse', scopes: [...scopes], projectIds: null, expiresAt: null, ...more };
    return (await app.app.engine.tokens.create(given)).secret;
  };
  tokens.read = await make(['projects:read']);
  tokens.write = await make(['projects:write']);
  tokens.limited = await make(['projects:write'], { projectIds: [project] });
  tokens.expiring = await make(['projects:write'], { expiresAt: '2099-01-01T00:00:00Z' });
  tokens.download = await make(['certificates:download'], { projectIds: [project] });
  tokens.admin = await make(['admin']);
});
afterAll(() => app?.stop());

type Try = (operation: DeclaredOperation, body: object | null) => Promise<string>;

/** Every caller: those from the network use HTTP, the others call the router like their transport. */
async function callers(): Promise<Readonly<Record<string, Try>>> {
  const stale = await signIn(await app.app.signInLink());
  now = new Date(now.getTime() + 16 * 60_000); // also: no caller was refused in the last minute
  const fresh = await signIn(await app.app.signInLink());
  const byToken = Object.entries(tokens).map(([name, token]) => {
    const attempt: Try = (operation, body) =>
      overHttp(operation, body, (method, path, call) => app.call(method, path, { ...call, token }));
    return [name, attempt] as const;
  });
  const inside = (proofAt: Timestamp | null): Try => {
    const context = windowContext(app.app, { at: () => proofAt });
    const caller = { ...WINDOW, proofAt };
    return (operation, body) => overTrpc(operation, body, { ...context, principal: caller });
  };
  return {
    ...Object.fromEntries(byToken),
    session: (operation, body) => overHttp(operation, body, fresh),
    'stale session': (operation, body) => overHttp(operation, body, stale),
    window: inside(toTimestamp(now)),
    'stale window': inside(toTimestamp(new Date(now.getTime() - 16 * 60_000))),
    'command line': (operation, body) =>
      overHttp(operation, body, (method, path, call) =>
        app.call(method, path, { ...call, token: localToken() }),
      ),
  };
}

/** The credential that the server wrote into its data folder. */
const localToken = (): string => JSON.parse(readFileSync(join(app.dataFolder, ACCESS_FILE), 'utf8')).token;

/** Fills a path: its own project for {id}, a missing one for the rest. */
const fill = (path: string) => path.replace('{id}', project).replace(/\{\w+\}/g, 'nothing');

async function overHttp(
  { rest }: DeclaredOperation,
  body: object | null,
  send: (method: string, path: string, call: object) => Promise<Answer>,
): Promise<string> {
  const end = new AbortController();
  // A stream does not end: it counts as allowed unless it is refused.
  const given =
    rest.form === 'events' ? { signal: AbortSignal.any([end.signal, AbortSignal.timeout(500)]) } : {};
  const query = body === null && rest.form === 'file' ? '?format=key' : '';
  const answer = await send(rest.method, fill(rest.path) + query, {
    ...given,
    ...(body === null || rest.method === 'GET' ? {} : { body }),
  }).catch((error: unknown) => {
    if (rest.form === 'events' && (error as Error).name === 'TimeoutError') return null;
    throw error;
  });
  return outcomeOf((answer?.body as { readonly code?: unknown } | null | undefined)?.code);
}

async function overTrpc({ path, type, rest }: DeclaredOperation, body: object | null, ctx: Context) {
  const names = [...rest.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const ids = Object.fromEntries(names.map((name) => [name, name === 'id' ? project : 'nothing']));
  const key = body === null && rest.form === 'file' ? { format: 'key' } : {};
  const input = { ...ids, ...key, ...(body === null || rest.method === 'GET' ? {} : { body }) };
  const call = { router: appRouter, path, type, ctx, getRawInput: async () => input, batchIndex: 0 };
  return callTRPCProcedure({ ...call, signal: AbortSignal.timeout(10_000) }).then(
    () => 'allowed',
    (error: unknown) => outcomeOf(toFailure(error).code),
  );
}

/** A refusal, or allowed: a request that was refused for another reason had passed the access check. */
function outcomeOf(code: unknown): string {
  const refusals = ['UNAUTHENTICATED', 'FORBIDDEN', 'PROOF_REQUIRED', 'TOO_MANY_REQUESTS'];
  return typeof code === 'string' && refusals.includes(code) ? code : 'allowed';
}

/** A body without effect: access is checked before the body. */
function bodyWith(field: string | null): object {
  const names = field?.split('.') ?? [];
  const value = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 1);
  return { ...(field === null ? {} : (value as object)), unheardOf: 1 };
}

describe.each(declaredOperations())('$path', (operation) => {
  it('accepts only the callers that its metadata declares, with each field of its request', async () => {
    const all = await callers();
    const requests = [null, ...operation.fields].map((field) => ({
      name: field?.path ?? 'no field',
      body: bodyWith(field?.path ?? null),
      need: assessCertificate(operation, field),
    }));
    for (const { name, body, need } of requests) {
      const outcomes: Record<string, string> = {};
      const attempt = async (caller: (typeof CALLERS)[number]): Promise<void> => {
        outcomes[caller] = (await all[caller]?.(operation, body)) ?? 'not tried';
      };
      // A stream is left open for a moment. The others may have an effect, so they come in order.
      if (operation.rest.form === 'events') await Promise.all(CALLERS.map(attempt));
      else for (const caller of CALLERS) await attempt(caller);
      expect(outcomes, `${name}: ${need}`).toEqual(rowOf(need));
    }
  });
});

const exporting = declaredOperations().filter(({ meta }) => meta.exportsKey !== undefined);
it.each(exporting.filter(({ meta }) => meta.scope === 'projects:read'))(
  '$path returns a private key only to tokens that may write and to users with a fresh proof',
  async (operation) => {
    const all = await callers();
    const outcomes: Record<string, string> = {};
    const body = operation.rest.method === 'GET' ? null : { format: 'key' };
    for (const caller of CALLERS) outcomes[caller] = (await all[caller]?.(operation, body)) ?? 'not tried';
    expect(outcomes).toEqual(rowOf('private key'));
  },
);

it('only three operations return a private key', () => {
  expect(exporting.map(({ path }) => path)).toEqual([
    'certificates.download',
    'certificates.fetchKeyPair',
    'certificates.export',
  ]);
});

describe('attacks on a running server that once worked', () => {
  const limitedCall = (method: string, path: string, body?: object) =>
    app.call(method, path, { token: tokens.limited ?? null, ...(body === undefined ? {} : { body }) });
  const FORBIDDEN = { status: 403, body: { code: 'FORBIDDEN' } };
  const script = { script: 'dns_cf', environment: { CF_Token: '$(touch /tmp/owned)' } };

  beforeAll(() => {
    now = new Date(now.getTime() + 61_000);
  });

  it.each(['read', 'write', 'limited', 'expiring', 'admin'])(
    'refuses a %s token that tests, saves or sends variables of an acme.sh script',
    async (name) => {
      const token = tokens[name] ?? null;
      const call = (path: string, body: object) => app.call('POST', path, { token, body });
      const given = { provider: 'acme-sh', credentials: script };
      const dns01 = { challengeType: 'dns-01', dnsProvider: 'acme-sh', dnsCredentials: script };
      expect(await call('/dns-credentials/test', given)).toMatchObject(FORBIDDEN);
      expect(await call('/dns-credentials', { name: 'x', ...given })).toMatchObject(FORBIDDEN);
      expect(await call(`/projects/${project}/certificate/obtain`, dns01)).toMatchObject(FORBIDDEN);
    },
  );

  it('refuses an admin token that changes or tests the variables of a saved script', async () => {
    const saved = await app.asUser('POST', '/dns-credentials', {
      body: { name: 'script', provider: 'acme-sh', credentials: { script: 'dns_cf' } },
    });
    expect(saved.status, saved.text).toBe(201);
    const path = `/dns-credentials/${saved.body.id}`;
    const token = tokens.admin ?? null;
    const change = { body: { credentials: script }, token };
    expect(await app.call('PATCH', path, change)).toMatchObject(FORBIDDEN);
    expect(await app.call('POST', `${path}/test`, { body: { zone: 'example.com' }, token })).toMatchObject(
      FORBIDDEN,
    );
    expect(await app.call('POST', `${path}/test`, { token })).toMatchObject(FORBIDDEN);
    // Its name and the projects that share it run nothing.
    const shared = await app.call('PATCH', path, { body: { projectIds: [project] }, token });
    expect(shared.status, shared.text).toBe(200);
  });

  it('refuses a project token that changes its names or obtains a certificate for others', async () => {
    for (const body of [{ domain: 'bank.example.com' }, { domain: null }, { altNames: ['bank.example.com'] }])
      expect(await limitedCall('PATCH', `/projects/${project}`, body)).toMatchObject(FORBIDDEN);
    const obtain = { challengeType: 'http-01', altNames: ['bank.example.com'] };
    expect(await limitedCall('POST', `/projects/${project}/certificate/obtain`, obtain)).toMatchObject(
      FORBIDDEN,
    );
    const names = { names: ['bank.example.com'] };
    expect(await limitedCall('POST', `/projects/${project}/reachability`, names)).toMatchObject(FORBIDDEN);
    expect((await app.call('GET', `/projects/${project}`)).body).toMatchObject({
      domain: 'own.example.com',
      altNames: [],
    });
  });

  it('refuses a project token that names a directory or a name server, or uses the role of the machine', async () => {
    const dns01 = { challengeType: 'dns-01' };
    for (const body of [
      { challengeType: 'http-01', ca: 'https://127.0.0.1:1/directory' },
      { ...dns01, dnsProvider: 'aws' },
      { ...dns01, dnsProvider: 'aws', dnsCredentials: {} },
      { ...dns01, dnsProvider: 'aws', dnsCredentials: { region: 'eu-central-1', accessKeyId: ' ' } },
      { ...dns01, dnsProvider: 'rfc2136', dnsCredentials: { nameserver: '127.0.0.1:53' } },
      { ...dns01, dnsProvider: 'acmedns', dnsCredentials: { baseUrl: 'http://127.0.0.1:1' } },
    ])
      expect(await limitedCall('POST', `/projects/${project}/certificate/obtain`, body)).toMatchObject(
        FORBIDDEN,
      );
  });

  it('refuses a project token that uses a saved credential of another project', async () => {
    const save = async (more: object) => {
      const body = { name: 'x', provider: 'aws', ...more };
      const saved = await app.call('POST', '/dns-credentials', { body, token: tokens.admin ?? null });
      expect(saved.status, saved.text).toBe(201);
      return String(saved.body.id);
    };
    const other = await app.project('other.example.com');
    const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
    const theirs = await save({ credentials: keys, projectIds: [other] });
    const role = await save({ credentials: {} });
    const obtain = (dnsCredentialId: string) =>
      limitedCall('POST', `/projects/${project}/certificate/obtain`, {
        challengeType: 'dns-01',
        dnsCredentialId,
      });
    expect(await obtain(theirs)).toMatchObject({ status: 403, body: { code: 'DNS_CREDENTIAL_LIMITED' } });
    expect(await obtain(role)).toMatchObject(FORBIDDEN);
    const seen = (await limitedCall('GET', '/dns-credentials')).text;
    expect(seen).not.toContain(theirs);
    expect(seen).not.toContain(other);
    expect(await limitedCall('GET', `/dns-credentials/${theirs}`)).toMatchObject({ status: 404 });
  });

  it('refuses a project token that restores a certificate for names that its project had before', async () => {
    const id = await app.project('before.example.com');
    const openssl = await createOpenSsl();
    const ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
    // By the machine's clock, which is behind that of this test.
    const san = ['DNS:before.example.com'];
    const pair = await openssl.issue({ ca, subject: '/CN=before.example.com', san, days: 3_000 });
    await openssl.remove();
    const path = `/projects/${id}/certificate`;
    const upload = { certificate: pair.certificate, privateKey: pair.privateKey };
    const uploaded = await app.call('POST', `${path}/upload`, { body: upload });
    expect(uploaded.status, uploaded.text).toBe(200);
    expect((await app.call('DELETE', path)).status).toBe(200);
    await app.call('PATCH', `/projects/${id}`, { body: { domain: 'after.example.com' } });
    const token = await app.makeToken(['projects:write'], [id]);
    expect(await app.call('POST', `${path}/restore`, { token })).toMatchObject(FORBIDDEN);
    await app.call('PATCH', `/projects/${id}`, { body: { domain: 'before.example.com' } });
    expect((await app.call('POST', `${path}/restore`, { token })).status).toBe(200);
  });

  it('refuses any token that names where updates and backups come from or go to', async () => {
    for (const name of ['write', 'expiring', 'admin']) {
      const call = (method: string, path: string, body: object) =>
        app.call(method, path, { token: tokens[name] ?? null, body });
      expect(await call('PATCH', '/settings', { backup: { folder: '/tmp' } })).toMatchObject(FORBIDDEN);
      const mixed = { backup: { keep: 3, folder: '/tmp' }, renewals: { concurrency: 2 } };
      expect(await call('PATCH', '/settings', mixed)).toMatchObject(FORBIDDEN);
      expect(await call('POST', '/backups/passphrase', { passphrase: 'of the attacker' })).toMatchObject(
        FORBIDDEN,
      );
      const file = { file: '/etc/passwd', passphrase: 'x' };
      expect(await call('POST', '/backups/check', file)).toMatchObject(FORBIDDEN);
      expect(await call('POST', '/imports/scan', { folder: '/etc' })).toMatchObject(FORBIDDEN);
    }
    const feed = { body: { desktop: { updateFeed: 'https://evil.example/' } } };
    expect(await app.asUser('PATCH', '/settings', feed)).toMatchObject({ status: 400 }); // there is no such setting
  });

  it('refuses a project token that reads or confirms a job of another project', async () => {
    const other = await app.project('busy.example.com');
    const headers = { Prefer: 'respond-async' };
    const begun = await app.call('POST', `/projects/${other}/certificate/obtain`, {
      body: { challengeType: 'http-01', ca: 'https://127.0.0.1:1/directory' },
      headers,
    });
    expect(begun.status, begun.text).toBe(202);
    const path = `/jobs/${begun.body.job?.id}`;
    expect(await limitedCall('GET', path)).toMatchObject(FORBIDDEN);
    expect(await limitedCall('POST', `${path}/confirm`)).toMatchObject(FORBIDDEN);
    expect((await limitedCall('GET', `/projects/${other}/certificate`)).status).toBe(403);
  });
});
