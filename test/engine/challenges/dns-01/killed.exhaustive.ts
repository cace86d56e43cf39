// dns-01 in the built server: SIGKILL between writing the record and its validation, and the secrets that remain.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../../../scripts/lib/build.ts';
import { type Bind, startBind } from '../../../support/dns/bind.ts';
import { type DnsRig, PROVIDERS, startDnsRig } from '../../../support/dns/rig.ts';
import { pebbleArgs, runCertdesk, type Server, startServer } from '../../../support/server/server.ts';
import { findSecrets, textsOf } from '../../../support/tools/secret-search.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['pebble', 'bind9'], 'the built server and dns-01', () => {
  let rig: DnsRig;
  /** The server that Certdesk queries; a second name server of the zone may delay its record. */
  let folder: string;
  let server: Server;
  /** All existing ones. */
  const servers: Server[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-dns-'));
    expect(await ensureBuilt()).toBeNull();
    rig = await startDnsRig([{ name: 'example.com' }]);
  }, 600_000);
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await rig?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** @param resolver The server that Certdesk queries instead of the rig's BIND. */
  const start = async (
    dataFolder: string,
    resolver: Pick<Bind, 'server' | 'port'> = rig.bind,
  ): Promise<Server> => {
    const endpoints = Object.entries(rig.dns.endpoints).flatMap(([id, url]) => [
      '--dns-endpoint',
      `${id}=${url}`,
    ]);
    const dns = [
      '--dns-resolver',
      resolver.server,
      '--dns-authority-port',
      String(resolver.port),
      ...endpoints,
    ];
    server = await startServer({ dataFolder, args: [...(await pebbleArgs(folder, rig.pebble)), ...dns] });
    servers.push(server);
    return server;
  };
  const newToken = async (dataFolder: string): Promise<string> => {
    const made = ['token', 'create', '--data-dir', dataFolder, '--name', 'e2e', '--scope', 'projects:write'];
    return (await runCertdesk(made)).trim();
  };

  it('killed between record and validation, resumes the order with the same record, and removes it afterwards', async () => {
    // Certdesk queries a name server that does not show the record: it waits, and is killed meanwhile.
    const blind = await startBind({ zones: [{ name: 'example.com' }] });
    const dataFolder = join(folder, 'goes-on');
    await start(dataFolder, blind);
    const token = await newToken(dataFolder);
    const { body: project } = await server.call('POST', '/projects', {
      token,
      body: { domain: 'killed.example.com' },
    });
    const path = `/projects/${project.id}/certificate`;
    const body = { ...rig.requests.cloudflare, keyType: 'ec' };
    const headers = { Prefer: 'respond-async' };
    const accepted = await server.call('POST', `${path}/obtain`, { token, body, headers });
    const job = `/jobs/${accepted.body.job?.id}`;
    await expect
      .poll(async () => (await server.call('GET', job, { token })).body.step)
      .toBe('dns-propagation');
    const record = '_acme-challenge.killed.example.com';
    const written = await rig.bind.lookup(record, 'TXT');
    expect(written).toHaveLength(1);
    await server.stop('SIGKILL');
    expect(await rig.bind.lookup(record, 'TXT')).toEqual(written);
    await blind.stop();

    await start(dataFolder);
    await expect
      .poll(async () => (await server.call('GET', job, { token })).body.state, {
        interval: 200,
      })
      .toBe('succeeded');
    expect(await rig.bind.lookup(record, 'TXT')).toEqual([]);
    expect(rig.pebble.requests().filter((request) => request.includes('order-plz'))).toHaveLength(1);
    await server.stop();
  });

  it('killed between a write and its answer at every provider, resumes each order and leaves no record', async () => {
    const dataFolder = join(folder, 'no-answer');
    await start(dataFolder);
    const token = await newToken(dataFolder);
    const jobs = await Promise.all(
      PROVIDERS.map(async (id) => {
        const domain = `${id}.unanswered.example.com`;
        rig.standIns[id].holdNextAnswer();
        const { body: project } = await server.call('POST', '/projects', { token, body: { domain } });
        const body = { ...rig.requests[id], keyType: 'ec' };
        const headers = { Prefer: 'respond-async' };
        const path = `/projects/${project.id}/certificate/obtain`;
        const accepted = await server.call('POST', path, { token, body, headers });
        return { job: `/jobs/${accepted.body.job?.id}`, record: `_acme-challenge.${domain}` };
      }),
    );
    const count = async () =>
      (await Promise.all(jobs.map(({ record }) => rig.bind.lookup(record, 'TXT')))).flat().length;
    await expect.poll(count).toBe(jobs.length);
    for (const { job } of jobs) {
      // Written, but the provider's answer has not arrived: only the intent is stored.
      expect((await server.call('GET', job, { token })).text).not.toContain('Created the TXT record');
    }
    const orders = () => rig.pebble.requests().filter((request) => request.includes('order-plz')).length;
    const before = orders();
    await server.stop('SIGKILL');
    expect(await count()).toBe(jobs.length);

    await start(dataFolder);
    for (const { job, record } of jobs) {
      await expect
        .poll(async () => (await server.call('GET', job, { token })).body.state, {
          interval: 200,
        })
        .toBe('succeeded');
      expect(await rig.bind.lookup(record, 'TXT'), record).toEqual([]);
    }
    expect(orders()).toBe(before);
    await server.stop();
  }, 600_000);

  it('killed with a job that cannot resume, fails the job and removes the record', async () => {
    const blind = await startBind({ zones: [{ name: 'example.com' }] });
    const dataFolder = join(folder, 'ends');
    await start(dataFolder, blind);
    const token = await newToken(dataFolder);
    const { body: project } = await server.call('POST', '/projects', {
      token,
      body: { domain: 'ends.example.com' },
    });
    const body = { ...rig.requests.digitalocean, keyType: 'ec' };
    const headers = { Prefer: 'respond-async' };
    const accepted = await server.call('POST', `/projects/${project.id}/certificate/obtain`, {
      token,
      body,
      headers,
    });
    const job = `/jobs/${accepted.body.job?.id}`;
    await expect
      .poll(async () => (await server.call('GET', job, { token })).body.step)
      .toBe('dns-propagation');
    await server.stop('SIGKILL');
    await start(dataFolder, blind);
    // The name server still shows nothing; the provider suggests a time-out, for which the test does not wait.
    await expect
      .poll(async () => (await server.call('GET', job, { token })).body.step)
      .toBe('dns-propagation');
    await server.stop('SIGKILL');
    await blind.stop();
    await start(dataFolder, blind); // no server answers there now
    await expect
      .poll(async () => (await server.call('GET', job, { token })).body.state, {
        timeout: 550_000,
        interval: 500,
      })
      .toBe('failed');
    expect(await rig.bind.lookup('_acme-challenge.ends.example.com', 'TXT')).toEqual([]);
    await server.stop();
  }, 600_000);

  it('writes no credential into its folder or its output', async () => {
    const secrets = Object.values(rig.standIns).flatMap((standIn) => standIn.secrets);
    const texts = await textsOf(folder, { outputs: servers.map((each) => each.output()) });
    expect(texts.some(([name]) => name.endsWith('certdesk.db'))).toBe(true);
    expect(findSecrets(texts, secrets)).toEqual([]);
  });
});
