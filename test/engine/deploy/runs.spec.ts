// Runs on a host in memory: what is installed, what is put back, and what is never overwritten.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBackground } from '../../../src/main/background/background.ts';
import { createHostImports } from '../../../src/main/engine/hosts/import-hosts.ts';
import { CreateDeploymentSchema } from '../../../src/shared/deployment.ts';
import { ImportHostsSchema } from '../../../src/shared/host-import.ts';
import { FILES, RELOAD, unreachable, useDeployLab } from '../../support/deploy/deploy-lab.ts';
import { lost } from '../../support/deploy/host-double.ts';
import { VALIDITY } from '../../support/engine/certificates.ts';

const lab = useDeployLab();

const AT = '2026-02-01T00:00:00Z';

describe('a run', () => {
  it('installs all files as one when a version becomes active, and reloads once', async () => {
    const { id } = await lab.deployTo();
    expect((await lab.rig.deployments.get(id)).state).toBe('unknown');
    await lab.activate(lab.chain.leaf);
    expect((await lab.rig.deployments.get(id)).state).toBe('deploying');
    await lab.rig.runDue();
    const web = lab.rig.doubleOf('web');
    expect(web.files.get('/etc/tls/api.pem')?.content.toString()).toBe(lab.full(lab.chain.leaf));
    expect(web.files.get('/etc/tls/api.key')).toMatchObject({ mode: '0600' });
    expect(web.files.get('/etc/tls/api.key')?.content.toString()).toContain('PRIVATE KEY');
    expect(web.commands).toEqual(['nginx -t', 'nginx -s reload']);
    expect(web.open).toBe(0);
    const run = await lab.rig.lastRun(id);
    expect(run.steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'connect done',
      'compare done',
      'stage done',
      'swap done',
    ]);
    expect(run).toMatchObject({ state: 'deployed', attempts: 1, unsettled: false, nextAttemptAt: null });
    expect((await lab.rig.deployments.get(id)).state).toBe('deployed');
  });

  it('passes names, fingerprints and paths to commands', async () => {
    await lab.deployTo();
    const first = await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const second = await lab.activate(lab.renewed, { renewedFrom: first.issuedAt });
    await lab.rig.runDue();
    expect(lab.rig.doubleOf('web').environments.at(-1)).toMatchObject({
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
    const { id } = await lab.deployTo();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const web = lab.rig.doubleOf('web');
    const { length } = web.commands;
    await lab.rig.deployments.run(id, { force: false, hosts: null });
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('unchanged');
    expect(web.commands.length).toBe(length);
    await lab.rig.deployments.run(id, { force: true, hosts: null });
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('deployed');
    expect(web.commands.length).toBe(length + 2);
  });

  it('puts the files back without a reload if the configuration is broken, and tries again', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    web.exitCodes.set('nginx -t', 1);
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const run = await lab.rig.lastRun(id);
    expect(run).toMatchObject({ state: 'rolled-back', nextAttemptAt: '2026-06-01T12:01:00Z' });
    expect(run.error).toMatchObject({ code: 'DEPLOYMENT_COMMAND_FAILED' });
    expect(run.error?.error).toContain('nginx -t: failed');
    expect(web.files.size).toBe(0);
    expect(web.commands).toEqual(['nginx -t']);
    expect((await lab.rig.deployments.get(id)).state).toBe('failed');
    web.exitCodes.clear();
    lab.rig.pass(1);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('deployed');
    expect((await lab.rig.deployments.get(id)).state).toBe('deployed');
  });

  it('does not install a certificate that expired or was revoked meanwhile', async () => {
    const { id } = await lab.deployTo();
    lab.rig.doubleOf('web').breakAt('connect', unreachable());
    const version = await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    await lab.rig.write((tx) =>
      tx.certificates.update(version.id, {
        revokedAt: '2026-06-01T12:00:00Z',
        revocationReason: 'superseded',
      }),
    );
    expect((await lab.rig.lastRun(id)).nextAttemptAt).toBeNull();
    await expect(lab.rig.deployments.run(id, { force: false, hosts: null })).rejects.toMatchObject({
      code: 'ALREADY_REVOKED',
    });
    const late = await lab.activate(lab.renewed);
    lab.rig.pass(90 * 24 * 60);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({
      state: 'cancelled',
      versionId: late.id,
      error: { code: 'CERTIFICATE_EXPIRED' },
    });
    expect(lab.rig.doubleOf('web').files.size).toBe(0);
  });

  it('never overwrites a newer valid certificate that Certdesk does not know', async () => {
    const { id } = await lab.deployTo();
    const web = lab.rig.doubleOf('web');
    const later = { notBefore: new Date('2026-05-30T00:00:00Z'), notAfter: VALIDITY.notAfter };
    const san = ['DNS:api.example.com'];
    const foreign = await lab.openssl.issue({ subject: '/CN=x', san, ca: lab.chain.intermediate, ...later });
    const content = Buffer.from(foreign.certificate);
    web.files.set('/etc/tls/api.pem', { content, owner: 'root', group: 'root', mode: '0644' });
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({
      state: 'failed',
      nextAttemptAt: null,
      error: { code: 'HOST_HAS_NEWER_CERTIFICATE' },
    });
    expect(web.files.get('/etc/tls/api.pem')?.content).toEqual(content);
  });

  it('deletes the kept previous files after a key compromise', async () => {
    const { id } = await lab.deployTo();
    const version = await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    const web = lab.rig.doubleOf('web');
    web.breakAt('deleteGenerations', lost());
    await lab.rig.write((tx) =>
      tx.certificates.update(version.id, {
        revokedAt: '2026-06-01T12:00:00Z',
        revocationReason: 'keyCompromise',
      }),
    );
    await lab.rig.runDue();
    expect(web.forgotten).toEqual([]);
    lab.rig.pass(30);
    await lab.rig.runDue();
    expect(web.forgotten).toEqual([id]);
    expect((await lab.rig.deployments.get(id)).state).toBe('deployed');
  });
});

describe('several deployments on one host', () => {
  it('reload once, and a failing reload puts all of them back', async () => {
    await lab.rig.project('p2', 'two.example.com');
    const { id: hostId } = await lab.rig.host('web');
    const one = await lab.rig.deploy('p1', { hosts: { ids: [hostId] }, files: FILES, steps: RELOAD });
    const files = [{ content: 'combined', path: '/etc/tls/two.pem' }];
    const two = await lab.rig.deploy('p2', { hosts: { ids: [hostId] }, files, steps: RELOAD });
    await lab.activate(lab.chain.leaf);
    await lab.activate(lab.renewed, { projectId: 'p2' });
    const web = lab.rig.doubleOf('web');
    await lab.rig.runDue();
    expect(web.commands.filter((line) => line === 'nginx -s reload')).toHaveLength(1);
    expect((await lab.rig.lastRun(one.id)).state).toBe('deployed');
    expect((await lab.rig.lastRun(two.id)).state).toBe('deployed');
    web.exitCodes.set('nginx -s reload', 1);
    for (const { id } of [one, two]) await lab.rig.deployments.run(id, { force: true, hosts: null });
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(one.id)).state).toBe('rolled-back');
    expect((await lab.rig.lastRun(two.id)).state).toBe('rolled-back');
  });

  it('cannot claim the same path', async () => {
    const { id: hostId } = await lab.rig.host('web', { tags: ['edge'] });
    await lab.rig.deploy('p1', { hosts: { ids: [hostId] }, files: FILES });
    await expect(lab.rig.deploy('p1', { hosts: { tag: 'edge' }, files: FILES })).rejects.toMatchObject({
      code: 'PATH_CLAIMED',
      details: { host: 'web', path: '/etc/tls/api.pem' },
    });
    const body = CreateDeploymentSchema.parse({ hosts: { tag: 'edge' }, files: FILES });
    expect((await lab.rig.deployments.previewNew('p1', body)).warnings[0]).toMatch(
      /^Another deployment \(.*\) writes \/etc\/tls\/api\.\w+ on web\. Use another path/,
    );
    await lab.rig.deploy('p1', { hosts: { tag: 'later' }, files: FILES });
    await expect(lab.rig.hosts.update(hostId, { tags: ['later'] })).rejects.toMatchObject({
      code: 'PATH_CLAIMED',
    });
    expect((await lab.rig.hosts.get(hostId)).tags).toEqual(['edge']);
    // Nor by an import, which adds the other hosts of the same file.
    const credential = { id: 'k1', name: 'k1', kind: 'ssh-password', publicKey: null } as const;
    await lab.rig.stores.hostCredentials.create({ ...credential, createdAt: AT, updatedAt: AT });
    await lab.rig.deploy('p1', { hosts: { tag: 'new' }, files: FILES });
    const text = '[new]\nimported\nboth\n[later]\nboth\nlast\n';
    const background = createBackground();
    onTestFinished(() => background.close());
    const result = await createHostImports({ ...lab.rig, background }).import(
      ImportHostsSchema.parse({ text, user: 'ops', credentialId: 'k1' }),
      { owner: 'test' },
    );
    expect(result.created.map(({ name }) => name)).toEqual(['imported', 'last']);
    expect(result.refused).toMatchObject([
      { name: 'both', line: 3, reason: expect.stringMatching(/writes .* on both/) },
    ]);
  });
});
