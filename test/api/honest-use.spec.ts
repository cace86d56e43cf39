// Legitimate uses of tokens still work: each does its job with exactly its permissions.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DnsRig, startDnsRig } from '../support/dns/rig.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'bind9'], 'a token', () => {
  let rig: DnsRig;
  let app: TestApp;
  let shop: string;
  beforeAll(async () => {
    rig = await startDnsRig([{ name: 'example.com' }, { name: 'sub.example.com' }]);
    app = await startApp({ pebble: rig.pebble, platform: { dns: rig.dns } });
    shop = await app.project('shop.example.com');
  });
  afterAll(async () => {
    await app?.stop();
    await rig?.stop();
  });

  const certificate = (rest = '', id = shop): string => `/projects/${id}/certificate${rest}`;
  const as = (token: string) => async (method: string, path: string, body?: object) => {
    const answer = await app.call(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer;
  };
  const dns01 = { challengeType: 'dns-01', keyType: 'ec' };
  const cloudflare = () => rig.standIns.cloudflare.credentials as Record<string, string>;
  const save = async (more: object): Promise<string> => {
    const body = { name: 'zones', provider: 'cloudflare', credentials: cloudflare(), ...more };
    const saved = await app.call('POST', '/dns-credentials', { body });
    expect(saved.status, saved.text).toBe(201);
    return String(saved.body.id);
  };

  it('with projects:write follows the README and the specification, from creating a project to removing it', async () => {
    const call = as(await app.makeToken(['projects:write']));
    const { body } = await call('POST', '/projects', {
      domain: 'new.example.com',
      altNames: ['*.new.example.com'],
    });
    const path = (rest = '') => certificate(rest, String(body.id));
    await call('PATCH', `/projects/${body.id}`, { altNames: [] });
    await call('POST', path('/obtain'), {
      ...dns01,
      dnsProvider: 'cloudflare',
      dnsCredentials: cloudflare(),
    });
    await call('GET', path('/status'));
    await call('POST', path('/renew'));
    expect((await call('GET', path('/download?format=key'))).text).toContain('PRIVATE KEY');
    await call('POST', path('/revoke'));
    await call('DELETE', path());
    await call('DELETE', `/projects/${body.id}`);
  });

  it('with projects:read sees everything and changes nothing', async () => {
    const token = await app.makeToken(['projects:read']);
    const call = as(token);
    const paths = [
      '/metrics',
      '/overview',
      '/projects',
      '/projects/facets',
      '/jobs',
      '/cas',
      '/dns-providers',
    ];
    for (const path of [
      ...paths,
      '/dns-credentials',
      `/projects/${shop}`,
      certificate(),
      certificate('/status'),
    ])
      await call('GET', path);
    expect((await app.call('POST', certificate('/renew'), { token })).status).toBe(403);
  });

  it('of one project obtains with a saved credential shared with it, and renews like a cron job', async () => {
    const dnsCredentialId = await save({ projectIds: [shop], zones: ['example.com'] });
    const call = as(await app.makeToken(['projects:write'], [shop]));
    expect((await call('GET', '/dns-credentials')).text).toContain(dnsCredentialId);
    await call('POST', certificate('/obtain'), { ...dns01, dnsCredentialId });
    await call('POST', certificate('/renew'));
    expect((await call('GET', certificate('/download?format=fullchain'))).text).toContain('CERTIFICATE');
    expect((await call('GET', certificate('/download?format=key'))).text).toContain('PRIVATE KEY');
    expect((await call('GET', '/projects')).body.projects).toHaveLength(1);
  });

  it('may send the credentials of its own account at a provider in one request', async () => {
    const call = as(await app.makeToken(['projects:write'], [shop]));
    const given = { dnsProvider: 'cloudflare', dnsCredentials: cloudflare() };
    await call('POST', certificate('/obtain'), { ...dns01, ...given });
  });

  it('cannot make a saved credential write to a zone that it is not for', async () => {
    const dnsCredentialId = await save({ zones: ['sub.example.com'] });
    const limited = await app.makeToken(['projects:write'], [shop]);
    for (const token of [limited, app.token]) {
      const body = { ...dns01, dnsCredentialId };
      const answer = await app.call('POST', certificate('/obtain'), { body, token });
      expect(answer, answer.text).toMatchObject({ status: 403, body: { code: 'DNS_CREDENTIAL_LIMITED' } });
      expect(answer.body.error).toContain('sub.example.com');
    }
    expect(await rig.bind.lookup('_acme-challenge.shop.example.com', 'TXT')).toEqual([]);
    const inside = await app.project('shop.sub.example.com');
    const obtained = await app.call('POST', certificate('/obtain', inside), {
      body: { ...dns01, dnsCredentialId },
    });
    expect(obtained.status, obtained.text).toBe(200);
  });

  it('cannot renew with a credential that was withdrawn from its project', async () => {
    const mine = await app.project('taken.example.com');
    const dnsCredentialId = await save({});
    const obtained = await app.call('POST', certificate('/obtain', mine), {
      body: { ...dns01, dnsCredentialId },
    });
    expect(obtained.status, obtained.text).toBe(200);
    const path = `/dns-credentials/${dnsCredentialId}`;
    expect((await app.call('PATCH', path, { body: { projectIds: [shop] } })).status).toBe(200);
    const renewed = await app.call('POST', certificate('/renew', mine));
    expect(renewed, renewed.text).toMatchObject({ status: 403, body: { code: 'DNS_CREDENTIAL_LIMITED' } });
  });

  it('with admin changes settings, reads the audit trail, and lists and revokes tokens', async () => {
    const call = as(await app.makeToken(['admin']));
    await call('PATCH', '/settings', { renewals: { concurrency: 5 } });
    for (const path of ['/audit', '/audit/verify', '/backups', '/notifications', '/diagnostics', '/sessions'])
      await call('GET', path);
    const old = { name: 'old', scopes: ['projects:read' as const], projectIds: null, expiresAt: null };
    const { token } = await app.app.engine.tokens.create(old);
    expect((await call('GET', '/tokens')).text).toContain(token.id);
    expect((await call('DELETE', `/tokens/${token.id}`)).body.revokedAt).not.toBeNull();
  });
});
