// dns-01 end to end: the API, a provider's stand-in, a real BIND, and Pebble, which queries it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPebble } from '../../../support/acme/pebble.ts';
import { startBind } from '../../../support/dns/bind.ts';
import { type DnsRig, PROVIDERS, startDnsRig } from '../../../support/dns/rig.ts';
import { startCloudflareStandIn } from '../../../support/dns/stand-ins/cloudflare.ts';
import { startApp, type TestApp } from '../../../support/server/app.ts';
import { findSecrets, textsOf } from '../../../support/tools/secret-search.ts';
import { describeWith } from '../../../support/tools/tools.ts';

const ZONES = [
  { name: 'example.com' },
  { name: 'sub.example.com' },
  { name: 'example.co.uk' },
  { name: 'delegating.test', elsewhere: true, records: ['_acme-challenge CNAME challenges.example.com.'] },
  { name: 'nobody.test', elsewhere: true },
];
/** GET /events from now on. */
async function openEvents({ app, token }: TestApp): Promise<{
  /** @returns the events sent, which contain `last`. */
  end(last: string): Promise<readonly object[]>;
}> {
  const abort = new AbortController();
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${app.address}/api/v1/events`, { headers, signal: abort.signal });
  expect(response.status).toBe(200);
  let text = '';
  const read = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('utf8');
  })().catch(() => {});
  return {
    async end(last) {
      await expect.poll(() => text).toContain(last);
      abort.abort();
      await read;
      return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
    },
  };
}

const path = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;

describeWith(['pebble', 'bind9'], 'dns-01', () => {
  let rig: DnsRig;
  let app: TestApp;

  beforeAll(async () => {
    rig = await startDnsRig(ZONES);
    app = await startApp({ pebble: rig.pebble, platform: { dns: rig.dns } });
  });
  afterAll(async () => {
    await app?.stop();
    await rig?.stop();
  });

  const obtain = (id: string, body: object) => app.call('POST', path(id, '/obtain'), { body });
  const txt = (name: string) => rig.bind.lookup(name, 'TXT');

  describe.each(PROVIDERS)('%s', (provider) => {
    const name = (rest: string): string => `${provider}.${rest}`;

    it('accepts the request of the specification, and removes the record afterwards', async () => {
      const id = await app.project(name('example.com'));
      const answer = await obtain(id, rig.requests[provider]);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.body.certificate).toMatchObject({ domain: name('example.com'), autoRenew: true });
      expect(await txt(`_acme-challenge.${name('example.com')}`)).toEqual([]);
      rig.changeAtOnce(provider); // the wait for it was observed
    });

    it('validates a wildcard and its apex at once, and keeps records that a user created', async () => {
      const record = `_acme-challenge.${name('apex.example.com')}`;
      await rig.standIns[provider].zones.putValue(record, 'a person put this here');
      const id = await app.project(name('apex.example.com'), [`*.${name('apex.example.com')}`]);
      const answer = await obtain(id, { ...rig.requests[provider], keyType: 'ec' });
      expect(answer.status, answer.text).toBe(200);
      expect(
        Object.values(answer.body.certificate?.names ?? {})
          .map(String)
          .sort(),
      ).toEqual([`*.${name('apex.example.com')}`, name('apex.example.com')]);
      expect(await txt(record)).toEqual(['a person put this here']);
    });

    it('finds a delegated sub-zone beside its parent, and a zone below a suffix of two labels', async () => {
      const id = await app.project(name('sub.example.com'), [name('example.co.uk')]);
      const answer = await obtain(id, { ...rig.requests[provider], keyType: 'ec' });
      expect(answer.status, answer.text).toBe(200);
      const { body } = await app.call('GET', `/jobs?project=${id}`);
      const job = await app.call('GET', `/jobs/${body.jobs?.['0']?.id}`);
      expect(job.text).toContain('in the zone sub.example.com');
      expect(job.text).toContain('in the zone example.co.uk');
    });

    it('renews unattended with the saved credentials', async () => {
      const { body } = await app.call('GET', `/projects?q=${name('example.com')}`);
      const answer = await app.call('POST', path(String(body.projects?.['0']?.id), '/renew'));
      expect(answer.status, answer.text).toBe(200);
    });

    it('succeeds although the record cannot be removed, says so, and removes it later', async () => {
      const standIn = rig.standIns[provider];
      const record = `_acme-challenge.${name('stays.example.com')}`;
      const id = await app.project(name('stays.example.com'));
      standIn.deny('remove');
      try {
        const answer = await obtain(id, { ...rig.requests[provider], keyType: 'ec' });
        expect(answer.status, answer.text).toBe(200);
        expect(await txt(record)).toHaveLength(1);
        const { body } = await app.call('GET', `/jobs?project=${id}`);
        const job = await app.call('GET', `/jobs/${body.jobs?.['0']?.id}`);
        expect(job.body.state).toBe('succeeded');
        expect(job.text).toContain(`The TXT record ${record} could not be removed`);
        await app.app.engine.sweep(); // still refused: it stays, and blocks nothing else
        expect(await txt(record)).toHaveLength(1);
      } finally {
        standIn.deny();
      }
      await app.app.engine.sweep();
      expect(await txt(record)).toEqual([]);
    });
  });

  it('follows a CNAME of _acme-challenge to the zone that holds it', async () => {
    const id = await app.project('delegating.test');
    const answer = await obtain(id, rig.requests.cloudflare);
    expect(answer.status, answer.text).toBe(200);
    const { body } = await app.call('GET', `/jobs?project=${id}`);
    expect((await app.call('GET', `/jobs/${body.jobs?.['0']?.id}`)).text).toContain('challenges.example.com');
    expect(await txt('challenges.example.com')).toEqual([]);
  });

  it('reports a zone that is not in the account', async () => {
    const id = await app.project('nobody.test');
    const answer = await obtain(id, rig.requests.digitalocean);
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'DNS_ZONE_NOT_FOUND' } });
    expect(answer.body.error).toContain('nobody.test');
  });

  it('reports credentials that are refused, missing, or not shared with the project', async () => {
    const id = await app.project('refused.example.com');
    const wrong = {
      challengeType: 'dns-01',
      dnsProvider: 'cloudflare',
      dnsCredentials: { apiToken: 'not-the-token-at-all' },
    };
    const refused = await obtain(id, wrong);
    expect(refused).toMatchObject({ status: 400, body: { code: 'DNS_CREDENTIALS_REJECTED' } });
    expect(refused.text).not.toContain('not-the-token-at-all');
    const none = await obtain(id, { challengeType: 'dns-01', dnsProvider: 'cloudflare' });
    expect(none).toMatchObject({ status: 400, body: { code: 'DNS_CREDENTIALS_REQUIRED' } });
    const unknown = await obtain(id, { ...wrong, dnsProvider: 'nobody' });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'UNSUPPORTED_DNS_PROVIDER' } });
    const field = await obtain(id, { ...wrong, dnsCredentials: { token: 'x' } });
    expect(field).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  it('gives up before it asks the CA if the record never shows, and removes it', async () => {
    const deaf = await startDnsRig([{ name: 'example.com' }]); // its BIND is not the one that is queried
    const dns = { ...rig.dns, endpoints: deaf.dns.endpoints };
    const other = await startApp({
      pebble: rig.pebble,
      platform: { dns, challenge: { host: '127.0.0.1', port: 0, required: true } },
    });
    try {
      const settings = { dns: { propagationTimeout: 2, propagationInterval: 0.5 } };
      expect(await other.call('PATCH', '/settings', { body: settings })).toMatchObject({ status: 200 });
      const id = await other.project('never.example.com');
      const before = rig.pebble.requests().filter((request) => request.includes('chalZ')).length;
      const answer = await other.call('POST', path(id, '/obtain'), { body: deaf.requests.cloudflare });
      expect(answer).toMatchObject({ status: 400, body: { code: 'DNS_PROPAGATION_TIMEOUT' } });
      expect(JSON.stringify(answer.body.details)).toContain('127.0.0.1');
      expect(rig.pebble.requests().filter((request) => request.includes('chalZ')).length).toBe(before);
      expect(await deaf.bind.lookup('_acme-challenge.never.example.com', 'TXT')).toEqual([]);
    } finally {
      await other.stop();
      await deaf.stop();
    }
  });

  it('waits while a user adds the record, and continues on confirmation or when it shows', async () => {
    const id = await app.project('byhand.example.com');
    const body = { challengeType: 'dns-01', dnsProvider: 'manual', keyType: 'ec' };
    const headers = { Prefer: 'respond-async' };
    const { body: accepted } = await app.call('POST', path(id, '/obtain'), { body, headers });
    const job = `/jobs/${accepted.job?.id}`;
    const written = /Create the TXT record (\S+) with the value (\S+)/;
    await expect.poll(async () => (await app.call('GET', job)).text).toMatch(written);
    const [, name = '', value = ''] = written.exec((await app.call('GET', job)).text) ?? [];
    await rig.bind.update('example.com', name, [value]);
    await app.call('POST', `${job}/confirm`);
    await expect.poll(async () => (await app.call('GET', job)).body.state).toBe('succeeded');
  });

  it('waits for every name server if the second one shows the record later', async () => {
    const zone = { name: 'slow.test', nameServers: ['127.0.0.1', '127.0.0.2'] };
    const first = await startBind({ zones: [zone] });
    const second = await startBind({ zones: [zone], address: '127.0.0.2', port: first.port });
    const late: Promise<void>[] = [];
    const seen = Promise.withResolvers<void>();
    const standIn = await startCloudflareStandIn(async (name, record, values) => {
      await first.update(name, record, values);
      late.push(seen.promise.then(() => second.update(name, record, values)));
    });
    standIn.zones.add('slow.test');
    const pebble = await startPebble({ dnsServer: first.server });
    const dns = {
      resolvers: [first.server],
      endpoints: { cloudflare: standIn.endpoint },
      authorityPort: first.port,
    };
    const other = await startApp({ pebble, platform: { dns } });
    try {
      const id = await other.project('www.slow.test');
      const body = {
        challengeType: 'dns-01',
        dnsProvider: 'cloudflare',
        dnsCredentials: standIn.credentials,
      };
      // By default the second check, 5 s later, would come at 15 s.
      const settings = { dns: { propagationInterval: 1 } };
      expect(await other.call('PATCH', '/settings', { body: settings })).toMatchObject({ status: 200 });
      const stream = await openEvents(other);
      const obtained = other.call('POST', path(id, '/obtain'), { body: { ...body, keyType: 'ec' } });
      const jobText = async () => {
        const { body: jobs } = await other.call('GET', `/jobs?project=${id}`);
        return (await other.call('GET', `/jobs/${jobs.jobs?.['0']?.id}`)).text;
      };
      await expect.poll(jobText).toContain('1 of 2 name server addresses return');
      seen.resolve();
      const answer = await obtained;
      expect(answer.status, answer.text).toBe(200);
      const steps = await jobText();
      expect(steps).toContain('2 of 2 name server addresses return');
      // A user can watch the answers of each server as they arrive.
      const watched = (await stream.end('2 of 2 name server addresses return')).map((event) =>
        JSON.stringify(event),
      );
      const [one, two] = ['127.0.0.1', '127.0.0.2'].map((address) => `"server":"${address}:${first.port}"`);
      expect(watched.some((text) => text.includes(`${two},"state":"missing"`))).toBe(true);
      const last = watched.findLast((text) => text.includes('name server addresses return')) ?? '';
      expect(last).toContain(`${one},"state":"right"`);
      expect(last).toContain(`${two},"state":"right"`);
    } finally {
      seen.resolve();
      await Promise.all(late);
      await other.stop();
      await Promise.all([pebble.stop(), standIn.close(), first.stop(), second.stop()]);
    }
  });

  it('updates a name server by RFC 2136, renews unattended, and reports a wrong key', async () => {
    const id = await app.project('rfc2136.example.com', ['*.rfc2136.example.com']);
    for (const key of rig.bind.keys) {
      const dnsCredentials = {
        nameserver: rig.bind.server,
        tsigKeyName: key.name,
        tsigAlgorithm: key.algorithm,
        tsigSecret: key.secret,
      };
      const body = { challengeType: 'dns-01', dnsProvider: 'rfc2136', dnsCredentials, keyType: 'ec' };
      const answer = await obtain(id, body);
      expect(answer.status, answer.text).toBe(200);
      expect((await app.call('POST', path(id, '/renew'))).status).toBe(200);
      const wrong = {
        ...body,
        dnsCredentials: { ...dnsCredentials, tsigSecret: Buffer.alloc(32, 1).toString('base64') },
      };
      const refused = await obtain(id, wrong);
      expect(refused).toMatchObject({ status: 400, body: { code: 'DNS_CREDENTIALS_REJECTED' } });
      // The saved credentials are the working ones.
      expect((await app.call('POST', path(id, '/renew'))).status).toBe(200);
    }
    expect(await txt('_acme-challenge.rfc2136.example.com')).toEqual([]);
  });

  describe('saved credentials', () => {
    const create = (body: object) => app.call('POST', '/dns-credentials', { body });
    const named = (name: string) => ({
      name,
      provider: 'cloudflare',
      credentials: rig.standIns.cloudflare.credentials,
    });

    it('are tested, used by several projects, replaced in place, and not removed while in use', async () => {
      const made = await create(named('Our Cloudflare'));
      expect(made.status, made.text).toBe(201);
      const { id } = made.body;
      const one = `/dns-credentials/${id}`;
      const tested = await app.call('POST', `${one}/test`, { body: { zone: 'example.com' } });
      expect(tested).toMatchObject({
        status: 200,
        body: { success: true, record: '_certdesk-test.example.com' },
      });
      expect(await txt('_certdesk-test.example.com')).toEqual([]);
      // Two names: Pebble reuses an authorization even at 0 %, one time in a hundred (`>` in its wfe.go).
      const project = await app.project('named.example.com', ['www.named.example.com']);
      const body = { challengeType: 'dns-01', dnsCredentialId: id, keyType: 'ec' };
      expect((await obtain(project, body)).status).toBe(200);
      const listed = await app.call('GET', one);
      expect(listed.body.usedBy).toEqual([
        { id: project, name: 'named.example.com', domain: 'named.example.com' },
      ]);
      const refused = await app.call('DELETE', one);
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'DNS_CREDENTIAL_IN_USE', details: { usedBy: [{ id: project }] } },
      });
      await app.call('PATCH', one, { body: { credentials: { apiToken: 'a-token-that-is-wrong-now' } } });
      const failed = await app.call('POST', path(project, '/renew'));
      expect(failed.body.code).toBe('DNS_CREDENTIALS_REJECTED');
      expect((await app.call('GET', path(project, '/status'))).body.lastRenewError).toMatch(/refused/i);
      await app.call('PATCH', one, { body: { credentials: rig.standIns.cloudflare.credentials } });
      expect((await app.call('POST', path(project, '/renew'))).status).toBe(200);
      await app.call('DELETE', path(project));
      expect((await app.call('DELETE', one)).status).toBe(200);
      expect((await app.call('GET', one)).status).toBe(404);
    });

    it('count as in use while a record still has to be removed with them', async () => {
      const { body } = await create(named('For a leftover'));
      const one = `/dns-credentials/${body.id}`;
      const project = await app.project('leftover.example.com');
      rig.standIns.cloudflare.deny('remove');
      try {
        const request = { challengeType: 'dns-01', dnsCredentialId: body.id, keyType: 'ec' };
        expect((await obtain(project, request)).status).toBe(200);
        expect((await app.call('DELETE', path(project))).status).toBe(200);
        expect((await app.call('GET', one)).body.usedBy).toMatchObject([{ id: project }]);
        expect(await app.call('DELETE', one)).toMatchObject({
          status: 409,
          body: { code: 'DNS_CREDENTIAL_IN_USE', details: { usedBy: [{ id: project }] } },
        });
      } finally {
        rig.standIns.cloudflare.deny();
      }
      await app.app.engine.sweep();
      expect(await txt('_acme-challenge.leftover.example.com')).toEqual([]);
      expect((await app.call('DELETE', one)).status).toBe(200);
    });

    it('report the missing permission when they are tested', async () => {
      const { body } = await create(named('Lacking'));
      rig.standIns.cloudflare.deny('add');
      const tested = await app
        .call('POST', `/dns-credentials/${body.id}/test`, { body: { zone: 'example.com' } })
        .finally(() => rig.standIns.cloudflare.deny());
      expect(tested).toMatchObject({
        status: 400,
        body: { code: 'DNS_CREDENTIALS_REJECTED', details: { step: 'add', lacking: 'DNS:Edit' } },
      });
      expect(tested.body.error).toContain('This permission is missing: DNS:Edit.');
    });

    it('report what is wrong when they are tested', async () => {
      const { body } = await create({ ...named('Wrong'), credentials: { apiToken: 'wrong-from-the-start' } });
      const tested = await app.call('POST', `/dns-credentials/${body.id}/test`, {
        body: { zone: 'example.com' },
      });
      expect(tested).toMatchObject({
        status: 400,
        body: { code: 'DNS_CREDENTIALS_REJECTED', details: { step: 'list' } },
      });
      expect(tested.body.error).toMatch(/DNS:Edit|DNS Edit|Zone/);
    });
  });

  it('writes no secret into the data folder, the log or an answer', async () => {
    const secrets = PROVIDERS.flatMap((id) => rig.standIns[id].secrets).filter(
      (secret) => secret.length > 11,
    );
    expect(secrets.length).toBeGreaterThan(6);
    for (const each of ['/jobs?limit=500', '/projects?limit=500', '/dns-credentials', '/dns-providers']) {
      await app.call('GET', each);
    }
    const texts = await textsOf(app.dataFolder, { log: app.log, answers: app.answers });
    expect(findSecrets(texts, secrets)).toEqual([]);
    // The search finds what is there.
    expect(findSecrets([...texts, ['a file', `${secrets[0]}`]], secrets)).toEqual(['secret 0 in a file']);
  });
});
