// POST /doctor and /projects/{id}/doctor: the account that Certdesk has at the CA, and who learns of private networks.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Bind, startBind } from '../support/dns/bind.ts';
import { applyFixes } from '../support/doctor/doctor-rig.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

/** As long as the values of DNS-01, which the doctor looks for. */
const INSIDE = 'words-that-only-servers-in-the-network-know';

describeWith(['pebble', 'bind9'], 'the doctor of a running Certdesk', () => {
  let bind: Bind;
  let pebble: Pebble;
  let app: TestApp;

  beforeAll(async () => {
    bind = await startBind({
      zones: [
        {
          name: 'example.com',
          records: [
            'caa A 127.0.0.1',
            'caa CAA 0 issue "pebble.letsencrypt.org; accounturi=https://other/"',
            'alias CNAME secret.inside.test.',
            '_acme-challenge.alias CNAME secret.inside.test.',
          ],
        },
        {
          name: 'inside.test',
          records: [`secret CAA 0 issue "${INSIDE}.example"`, `secret TXT "${INSIDE}"`, 'secret A 127.0.0.1'],
        },
      ],
    });
    pebble = await startPebble({ dnsServer: bind.server });
    const dns = { resolvers: [bind.server], endpoints: {}, authorityPort: bind.port };
    app = await startApp({ pebble, platform: { dns, allowPrivate: ['127.0.0.1/32'] } });
  }, 120_000);
  afterAll(async () => {
    await app?.stop();
    await Promise.all([bind?.stop(), pebble?.stop()]);
  });

  const codesOf = (body: { readonly findings?: unknown }) =>
    (body.findings as readonly { readonly code: string }[]).map(({ code }) => code);

  it('finds Certdesk itself on port 80', async () => {
    const { status, body } = await app.call('POST', '/doctor', { body: { names: ['www.example.com'] } });
    expect(status).toBe(200);
    expect(codesOf(body)).toEqual([]);
    expect(body.names?.[0]?.ports?.[0]).toMatchObject({ port: 80, state: 'answers', who: 'Certdesk' });
  });

  it('compares accounturi with the account that a project has or will get', async () => {
    const id = await app.project('caa.example.com');
    const { body } = await app.call('POST', `/projects/${id}/doctor`);
    expect(codesOf(body)).toEqual(['caa-forbids-account']);
  });

  it('lets a limited token examine its own project only', async () => {
    const id = await app.project('www.example.com');
    const token = await app.makeToken(['projects:write'], [id]);
    const own = await app.call('POST', `/projects/${id}/doctor`, { token });
    expect(own.status).toBe(200);
    const names = { body: { names: ['www.example.com'] }, token };
    expect(await app.call('POST', '/doctor', names)).toMatchObject({ status: 403 });
  });

  it('shows a limited token no records that a CNAME of its name leads to', async () => {
    const id = await app.project('alias.example.com');
    const token = await app.makeToken(['projects:write'], [id]);
    const issued = await app.call('POST', `/projects/${id}/certificate/obtain`, {
      body: { challengeType: 'http-01', keyType: 'ec', keySize: 256 },
    });
    expect(issued.status, issued.text).toBe(200);
    expect((await app.call('POST', `/projects/${id}/caa-lock`)).body).toMatchObject({ state: 'forbidden' });
    const places = [
      ['POST', `/projects/${id}/doctor`],
      ['GET', `/projects/${id}/caa-lock`],
      ['GET', '/overview'],
    ] as const;
    for (const [method, path] of places) {
      const full = await app.call(method, path);
      expect(full.text, path).toContain(INSIDE);
      const limited = await app.call(method, path, { token });
      expect(limited.status, path).toBe(200);
      expect(limited.text, path).not.toContain(INSIDE);
    }
    const report = await app.call('POST', `/projects/${id}/doctor`, { token });
    expect(report.body.findings).toContainEqual({
      code: 'caa-forbids',
      severity: 'critical',
      name: 'alias.example.com',
      message:
        'alias.example.com is a CNAME, and its target has CAA records. The CAA records do not permit the CA to issue for the name.',
      fixes: [],
      blocks: false,
    });
    const lock = await app.call('GET', `/projects/${id}/caa-lock`, { token });
    expect(lock.body).toMatchObject({
      state: 'forbidden',
      message: 'The CAA records do not permit the CA, so the next renewal will fail.',
    });
  });

  it('says that IP addresses have neither CAA nor dns-persist-01 records', async () => {
    const id = await app.project('127.0.0.1');
    expect(await app.call('GET', `/projects/${id}/caa-lock`)).toMatchObject({
      status: 400,
      body: { error: 'IP addresses have no CAA records, so there is nothing to lock' },
    });
    const error = 'IP addresses are not validated with dns-persist-01';
    expect(await app.call('GET', `/projects/${id}/persist-records`)).toMatchObject({
      status: 400,
      body: { error },
    });
    const body = { names: ['127.0.0.1'] };
    expect(await app.call('POST', '/persist-records', { body })).toMatchObject({
      status: 400,
      body: { error },
    });
  });

  it('locks a project to its CA, account and method, and raises the alarm when the lock forbids the CA', async () => {
    const id = await app.project('lock.example.com');
    expect(await app.call('GET', `/projects/${id}/caa-lock`)).toMatchObject({ status: 404 });
    const issued = await app.call('POST', `/projects/${id}/certificate/obtain`, {
      body: { challengeType: 'http-01', keyType: 'ec', keySize: 256 },
    });
    expect(issued.status).toBe(200);
    const open = await app.call('POST', `/projects/${id}/caa-lock`);
    expect(open.body).toMatchObject({ state: 'open', watched: true, remove: [] });
    const add = open.body.add as unknown as readonly string[];
    await applyFixes(
      bind,
      'example.com',
      add.map((text) => ({ kind: 'add-record', text })),
    );
    const locked = await app.call('GET', `/projects/${id}/caa-lock`);
    expect(locked.body).toMatchObject({ state: 'locked', watched: true, add: [], remove: [] });

    // Somebody replaces the records.
    const kinds: string[] = [];
    app.app.engine.journal.listen(({ kind }) => void (kind.startsWith('caa-lock') && kinds.push(kind)));
    await applyFixes(bind, 'example.com', [
      ...add.map((text) => ({ kind: 'remove-record' as const, text: text.replace(' 300 ', ' ') })),
      { kind: 'add-record', text: 'lock.example.com. 300 IN CAA 0 issue "other.example"' },
    ]);
    expect((await app.call('GET', `/projects/${id}/caa-lock`)).body).toMatchObject({ state: 'forbidden' });
    expect(kinds).toEqual(['caa-lock.broken']);
    expect((await app.call('DELETE', `/projects/${id}/caa-lock`)).status).toBe(200);
    expect((await app.call('GET', `/projects/${id}/caa-lock`)).body).toMatchObject({ watched: false });
  });
});
