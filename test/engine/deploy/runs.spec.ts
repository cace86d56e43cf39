// Runs on a host in memory: what is installed, what is put back, and what a failure leads to.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { rearmRefused } from '../../../src/main/engine/deploy/refused-keys.ts';
import { createDeployRig, type DeployRig, presents, refused } from '../../support/deploy/deploy-rig.ts';
import { lost } from '../../support/deploy/host-double.ts';
import { makeChain, type TestChain, VALIDITY } from '../../support/engine/certificates.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

let openssl: OpenSsl;
let chain: TestChain;
let renewed: TestChain['leaf'];
let rig: DeployRig;

beforeAll(async () => {
  openssl = await createOpenSsl();
  chain = await makeChain(openssl);
  const san = ['DNS:api.example.com'];
  renewed = await openssl.issue({ subject: '/CN=api.example.com', san, ca: chain.intermediate, ...VALIDITY });
});
afterAll(() => openssl?.remove());
beforeEach(async () => {
  rig = createDeployRig();
  await rig.project();
});
afterEach(() => rig?.close());

const FILES = [
  { content: 'fullchain', path: '/etc/tls/api.pem' },
  { content: 'privkey', path: '/etc/tls/api.key' },
];
const RELOAD = { validateCommand: ['nginx', '-t'], reloadCommand: ['nginx', '-s', 'reload'] };
const full = (leaf: TestChain['leaf']) => leaf.certificate + chain.intermediate.certificate;
const activate = (leaf: TestChain['leaf'], more = {}) => rig.activate(leaf, { chain: full(leaf), ...more });

async function deployTo(host = 'web', body: object = {}) {
  const { id } = await rig.host(host);
  return rig.deploy('p1', { hosts: { ids: [id] }, files: FILES, steps: RELOAD, ...body });
}

describe('a run', () => {
  it('installs all files as one when a version becomes active, and reloads once', async () => {
    const { id } = await deployTo();
    expect((await rig.deployments.get(id)).state).toBe('unknown');
    await activate(chain.leaf);
    expect((await rig.deployments.get(id)).state).toBe('deploying');
    await rig.runDue();
    const web = rig.doubleOf('web');
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(full(chain.leaf));
    expect(web.files.get('/etc/tls/api.key')).toMatchObject({ mode: '0600' });
    expect(web.files.get('/etc/tls/api.key')?.content.toString()).toContain('PRIVATE KEY');
    expect(web.commands).toEqual(['nginx -t', 'nginx -s reload']);
    expect(web.open).toBe(0);
    const run = await rig.lastRun(id);
    expect(run.steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'connect done',
      'compare done',
      'stage done',
      'swap done',
    ]);
    expect(run).toMatchObject({ state: 'deployed', attempts: 1, unsettled: false, nextAttemptAt: null });
    expect((await rig.deployments.get(id)).state).toBe('deployed');
  });

  it('passes names, fingerprints and paths to commands', async () => {
    await deployTo();
    const first = await activate(chain.leaf);
    await rig.runDue();
    const second = await activate(renewed, { renewedFrom: first.issuedAt });
    await rig.runDue();
    expect(rig.doubleOf('web').environments.at(-1)).toMatchObject({
      CERTDESK_DOMAIN: 'api.example.com',
      CERTDESK_NAMES: 'api.example.com',
      CERTDESK_EVENT: 'renewed',
      CERTDESK_FINGERPRINT: second.fingerprint,
      CERTDESK_PREVIOUS_FINGERPRINT: first.fingerprint,
      CERTDESK_FULLCHAIN: '/etc/tls/api.pem',
      CERTDESK_PRIVKEY: '/etc/tls/api.key',
      RENEWED_DOMAINS: 'api.example.com',
    });
  });

  it('changes nothing if all files are in place, unless it is forced', async () => {
    const { id } = await deployTo();
    await activate(chain.leaf);
    await rig.runDue();
    const web = rig.doubleOf('web');
    const { length } = web.commands;
    await rig.deployments.run(id, { force: false, hosts: null });
    await rig.runDue();
    expect((await rig.lastRun(id)).state).toBe('unchanged');
    expect(web.commands.length).toBe(length);
    await rig.deployments.run(id, { force: true, hosts: null });
    await rig.runDue();
    expect((await rig.lastRun(id)).state).toBe('deployed');
    expect(web.commands.length).toBe(length + 2);
  });

  it('puts the files back without a reload if the configuration is broken, and tries again', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    web.exitCodes.set('nginx -t', 1);
    await activate(chain.leaf);
    await rig.runDue();
    const run = await rig.lastRun(id);
    expect(run).toMatchObject({ state: 'rolled-back', nextAttemptAt: '2026-06-01T12:01:00Z' });
    expect(run.error).toMatchObject({ code: 'DEPLOYMENT_COMMAND_FAILED' });
    expect(run.error?.error).toContain('nginx -t: failed');
    expect(web.files.size).toBe(0);
    expect(web.commands).toEqual(['nginx -t']);
    expect((await rig.deployments.get(id)).state).toBe('failed');
    web.exitCodes.clear();
    rig.pass(1);
    await rig.runDue();
    expect((await rig.lastRun(id)).state).toBe('deployed');
    expect((await rig.deployments.get(id)).state).toBe('deployed');
  });

  it('is retried after 1, 5 and 30 minutes, then every 2 hours', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    await activate(chain.leaf);
    for (const minutes of [1, 5, 30, 120, 120]) {
      web.breakAt('connect', unreachable());
      await rig.runDue();
      const { nextAttemptAt, state } = await rig.lastRun(id);
      expect(state).toBe('failed');
      expect(Date.parse(nextAttemptAt ?? '') - rig.clock.now().getTime()).toBe(minutes * 60_000);
      await rig.runDue();
      expect(web.open).toBe(0);
      rig.pass(minutes);
    }
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'deployed', attempts: 6, error: null });
  });

  it('is superseded by a newer version, and cancelled by a removal', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    web.breakAt('connect', unreachable());
    await activate(chain.leaf);
    await rig.runDue();
    const old = await rig.lastRun(id);
    await activate(renewed);
    expect(await rig.stores.deploymentRuns.get(old.id)).toMatchObject({
      state: 'failed',
      nextAttemptAt: null,
    });
    await rig.certificates.remove('p1');
    expect(await rig.lastRun(id)).toMatchObject({ state: 'cancelled', nextAttemptAt: null });
    await rig.runDue();
    expect(web.files.size).toBe(0);
  });

  it('is not attempted again if a newer version became active while it failed', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    await activate(chain.leaf);
    const old = await rig.lastRun(id);
    web.during('stat', () => activate(renewed));
    web.breakAt('stat', lost());
    await rig.runDue();
    expect(await rig.stores.deploymentRuns.get(old.id)).toMatchObject({
      state: 'failed',
      nextAttemptAt: null,
    });
    expect(await rig.lastRun(id)).toMatchObject({ state: 'deployed', attempts: 1 });
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(full(renewed));
  });

  it('is not attempted again after its deployment was paused', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    web.during('connect', () => rig.deployments.pause(id));
    web.breakAt('connect', unreachable());
    await activate(chain.leaf);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'failed', nextAttemptAt: null });
    expect((await rig.deployments.get(id)).state).toBe('paused');
    await expect(rig.runs.retry((await rig.lastRun(id)).id)).rejects.toMatchObject({
      code: 'DEPLOYMENT_PAUSED',
    });
    await rig.deployments.resume(id);
    await rig.runDue();
    expect((await rig.lastRun(id)).state).toBe('deployed');
  });

  it('does not stop other hosts when one fails', async () => {
    const [a, b] = [await rig.host('a'), await rig.host('b')];
    const { id } = await rig.deploy('p1', { hosts: { ids: [a.id, b.id] }, files: FILES, steps: RELOAD });
    rig.doubleOf('a').breakAt('connect', unreachable());
    await activate(chain.leaf);
    await rig.runDue();
    const { targets, state } = await rig.deployments.get(id);
    expect(targets.map((target) => [target.host.name, target.state])).toEqual([
      ['a', 'failed'],
      ['b', 'deployed'],
    ]);
    expect(state).toBe('failed');
  });

  it('stops at a changed host key until a person accepts the new one', async () => {
    const { id, targets } = await deployTo();
    const hostId = targets[0]?.host.id ?? '';
    const key = { type: 'ssh-ed25519', sha256: 'n'.repeat(43) };
    const details = { host: 'web', ...key, accepted: [{ type: 'ssh-ed25519', sha256: 'o'.repeat(43) }] };
    rig.doubleOf('web').breakAt('connect', new CertdeskError('HOST_KEY_REFUSED', 'Another key', details));
    await activate(chain.leaf);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'failed', nextAttemptAt: null });
    expect((await rig.hosts.get(hostId)).changedKey).toEqual(key);
    expect(rig.events).toContain('host.key-changed');
    rig.pass(600);
    await rig.runDue();
    expect((await rig.lastRun(id)).attempts).toBe(1);
    await rig.stores.hosts.update(hostId, { changedKey: null });
    await rig.write((tx) => rearmRefused(tx, hostId, '2026-06-01T22:00:00Z'));
    await rig.runDue();
    expect((await rig.lastRun(id)).state).toBe('deployed');
  });

  it('does not install a certificate that expired or was revoked meanwhile', async () => {
    const { id } = await deployTo();
    rig.doubleOf('web').breakAt('connect', unreachable());
    const version = await activate(chain.leaf);
    await rig.runDue();
    await rig.write((tx) =>
      tx.certificates.update(version.id, {
        revokedAt: '2026-06-01T12:00:00Z',
        revocationReason: 'superseded',
      }),
    );
    expect((await rig.lastRun(id)).nextAttemptAt).toBeNull();
    await expect(rig.deployments.run(id, { force: false, hosts: null })).rejects.toMatchObject({
      code: 'ALREADY_REVOKED',
    });
    const late = await activate(renewed);
    rig.pass(90 * 24 * 60);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({
      state: 'cancelled',
      versionId: late.id,
      error: { code: 'CERTIFICATE_EXPIRED' },
    });
    expect(rig.doubleOf('web').files.size).toBe(0);
  });

  it('never overwrites a newer valid certificate that Certdesk does not know', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    const later = { notBefore: new Date('2026-05-30T00:00:00Z'), notAfter: VALIDITY.notAfter };
    const san = ['DNS:api.example.com'];
    const foreign = await openssl.issue({ subject: '/CN=x', san, ca: chain.intermediate, ...later });
    const content = Buffer.from(foreign.certificate);
    web.files.set('/etc/tls/api.pem', { content, owner: 'root', group: 'root', mode: '0644' });
    await activate(chain.leaf);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({
      state: 'failed',
      nextAttemptAt: null,
      error: { code: 'HOST_HAS_NEWER_CERTIFICATE' },
    });
    expect(web.files.get('/etc/tls/api.pem')?.content).toEqual(content);
  });

  it('deletes the kept previous files after a key compromise', async () => {
    const { id } = await deployTo();
    const version = await activate(chain.leaf);
    await rig.runDue();
    await activate(renewed);
    await rig.runDue();
    const web = rig.doubleOf('web');
    web.breakAt('deleteGenerations', lost());
    await rig.write((tx) =>
      tx.certificates.update(version.id, {
        revokedAt: '2026-06-01T12:00:00Z',
        revocationReason: 'keyCompromise',
      }),
    );
    await rig.runDue();
    expect(web.forgotten).toEqual([]);
    rig.pass(30);
    await rig.runDue();
    expect(web.forgotten).toEqual([id]);
    expect((await rig.deployments.get(id)).state).toBe('deployed');
  });
});

describe('several deployments on one host', () => {
  it('reload once, and a failing reload puts all of them back', async () => {
    await rig.project('p2', 'two.example.com');
    const { id: hostId } = await rig.host('web');
    const one = await rig.deploy('p1', { hosts: { ids: [hostId] }, files: FILES, steps: RELOAD });
    const files = [{ content: 'combined', path: '/etc/tls/two.pem' }];
    const two = await rig.deploy('p2', { hosts: { ids: [hostId] }, files, steps: RELOAD });
    await activate(chain.leaf);
    await activate(renewed, { projectId: 'p2' });
    const web = rig.doubleOf('web');
    await rig.runDue();
    expect(web.commands.filter((line) => line === 'nginx -s reload')).toHaveLength(1);
    expect((await rig.lastRun(one.id)).state).toBe('deployed');
    expect((await rig.lastRun(two.id)).state).toBe('deployed');
    web.exitCodes.set('nginx -s reload', 1);
    for (const { id } of [one, two]) await rig.deployments.run(id, { force: true, hosts: null });
    await rig.runDue();
    expect((await rig.lastRun(one.id)).state).toBe('rolled-back');
    expect((await rig.lastRun(two.id)).state).toBe('rolled-back');
  });

  it('cannot claim the same path', async () => {
    const { id: hostId } = await rig.host('web', { tags: ['edge'] });
    await rig.deploy('p1', { hosts: { ids: [hostId] }, files: FILES });
    await expect(rig.deploy('p1', { hosts: { tag: 'edge' }, files: FILES })).rejects.toMatchObject({
      code: 'PATH_CLAIMED',
      details: { host: 'web', path: '/etc/tls/api.pem' },
    });
    await rig.deploy('p1', { hosts: { tag: 'later' }, files: FILES });
    await expect(rig.hosts.update(hostId, { tags: ['later'] })).rejects.toMatchObject({
      code: 'PATH_CLAIMED',
    });
    expect((await rig.hosts.get(hostId)).tags).toEqual(['edge']);
  });
});

describe('after an interruption', () => {
  it.each(['stat', 'stage', 'swap'] as const)(
    'a connection lost at %s leaves the pair old or new',
    async (step) => {
      const { id } = await deployTo();
      await activate(chain.leaf);
      await rig.runDue();
      const web = rig.doubleOf('web');
      const reloads = () => web.commands.filter((line) => line.endsWith('reload')).length;
      const before = reloads();
      web.breakAt(step, lost(), 'after');
      await activate(renewed);
      await rig.runDue();
      expect(await rig.lastRun(id)).toMatchObject({
        state: 'failed',
        error: { code: 'HOST_CONNECTION_LOST' },
      });
      rig.pass(1);
      await rig.runDue();
      expect((await rig.lastRun(id)).state).toBe('deployed');
      expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(full(renewed));
      expect(reloads()).toBe(before + 1);
    },
  );

  it('a restart of Certdesk resumes the run and reports what the host did', async () => {
    const { id } = await deployTo();
    const web = rig.doubleOf('web');
    await activate(chain.leaf);
    const run = await rig.lastRun(id);
    await rig.runDue();
    // As a kill after the host had finished, and before the result was stored.
    await rig.stores.deploymentRuns.update(run.id, { state: 'running', unsettled: true, finishedAt: null });
    const { length } = web.commands;
    await rig.restart();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'deployed', unsettled: false, attempts: 1 });
    expect(web.commands.length).toBe(length);
    expect(web.calls.at(-1)).toBe('outcome');
  });
});

describe('the check of the served certificate', () => {
  const VERIFY = { port: 443, graceSeconds: 3 };
  const verified = () => deployTo('web', { verify: VERIFY });

  it('verifies the new certificate with its chain', async () => {
    const { id } = await verified();
    rig.setProbe(presents(full(chain.leaf)));
    await activate(chain.leaf);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'verified' });
  });

  it('keeps the files and raises an alarm if the old certificate is still served, until it is not', async () => {
    const { id } = await verified();
    rig.setProbe(presents(full(chain.leaf)));
    await activate(chain.leaf);
    await rig.runDue();
    await activate(renewed);
    await rig.runDue();
    const run = await rig.lastRun(id);
    expect(run).toMatchObject({ state: 'not-served', error: { code: 'DEPLOYMENT_NOT_SERVED' } });
    expect(run.error?.error).toContain('Restart the service on web');
    const web = rig.doubleOf('web');
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(full(renewed));
    expect((await rig.deployments.get(id)).state).toBe('not-served');
    const { length } = web.commands;
    rig.setProbe(presents(full(renewed)));
    rig.pass(1);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'verified', error: null });
    expect(web.commands.length).toBe(length);
  });

  it.each([
    ['refuses connections', async () => refused('192.0.2.1')],
    ['presents the certificate without its intermediate', null],
  ] as const)('rolls back if the service %s afterwards', async (_, probe) => {
    const { id } = await verified();
    rig.setProbe(presents(full(chain.leaf)));
    await activate(chain.leaf);
    await rig.runDue();
    const web = rig.doubleOf('web');
    web.onReload(() => rig.setProbe(probe ?? presents(renewed.certificate)));
    await activate(renewed);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({
      state: 'rolled-back',
      nextAttemptAt: null,
      error: { code: 'DEPLOYMENT_WORSE' },
    });
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(full(chain.leaf));
  });

  it('does not go back to a revoked certificate', async () => {
    const { id } = await verified();
    rig.setProbe(presents(full(chain.leaf)));
    const old = await activate(chain.leaf);
    await rig.runDue();
    await rig.write((tx) =>
      tx.certificates.update(old.id, { revokedAt: '2026-06-01T12:00:00Z', revocationReason: 'superseded' }),
    );
    rig.doubleOf('web').onReload(() => rig.setProbe(async () => refused('192.0.2.1')));
    await activate(renewed);
    await rig.runDue();
    expect((await rig.lastRun(id)).state).toBe('not-served');
    expect(rig.doubleOf('web').files.get('/etc/tls/api.pem')?.content.toString()).toBe(full(renewed));
  });
});

const unreachable = () =>
  new CertdeskError('HOST_UNREACHABLE', 'No route', { host: 'web', reason: 'EHOSTUNREACH' });
