// The kind aws-acm against a stand-in for AWS Certificate Manager.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testHostless } from '../../../src/main/engine/deploy/hostless.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { WEEK } from '../../../src/shared/week.ts';
import { type AcmStandIn, startAcmStandIn } from '../../support/deploy/acm-stand-in.ts';
import { FILES, RELOAD, useDeployLab } from '../../support/deploy/deploy-lab.ts';

const lab = useDeployLab();
const KEY_ID = 'AKIATESTTESTTESTTEST';
const SECRET = 'secret-access-key-of-the-test';
const LONG = { issuedAt: '2026-05-01T12:00:00Z', expiresAt: '2026-07-30T12:00:00Z' };
const KEPT = 'arn:aws:acm:eu-central-1:123456789012:certificate/kept';

let acm: AcmStandIn;
beforeEach(async () => {
  acm = await startAcmStandIn(KEY_ID);
});
afterEach(() => acm?.stop());

async function deploy(more: object = {}) {
  const credential = { kind: 'aws', name: 'AWS', accessKeyId: KEY_ID, secretAccessKey: SECRET } as const;
  const { id: credentialId } = await lab.rig.credentials.create({ ...credential, sessionToken: null });
  return lab.rig.deploy('p1', {
    kind: 'aws-acm',
    hosts: { none: true },
    options: { region: 'eu-central-1', credentialId, endpoint: acm.endpoint, ...more },
  });
}
const imports = () => acm.calls.filter((call) => call === 'ImportCertificate').length;

describe('AWS Certificate Manager', () => {
  it('gets a new certificate first, and renewals under the same ARN', async () => {
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf, { chain: lab.full(lab.chain.leaf) });
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', error: null });
    const [arn = ''] = acm.certificates.keys();
    expect((await lab.rig.deployments.get(id)).options.arn).toBe(arn);
    expect(acm.certificates.get(arn)?.chain).toContain('BEGIN CERTIFICATE');
    await lab.activate(lab.renewed, { chain: lab.full(lab.renewed) });
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', error: null });
    expect([...acm.certificates.keys()]).toEqual([arn]);
    expect(acm.certificates.get(arn)?.certificate.trim()).toBe(lab.renewed.certificate.trim());
    expect(JSON.stringify([await lab.rig.lastRun(id), await lab.rig.deployments.get(id)])).not.toContain(
      SECRET,
    );
  });

  it('replaces a certificate that is in use, and keeps its tags', async () => {
    acm.add(KEPT, lab.chain.leaf.certificate, [{ Key: 'team', Value: 'web' }]);
    const { id } = await deploy({ arn: KEPT });
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('deployed');
    expect(acm.certificates.get(KEPT)).toMatchObject({
      certificate: expect.stringContaining(lab.renewed.certificate.trim()),
      tags: [{ Key: 'team', Value: 'web' }],
    });
  });

  it('imports nothing if AWS has the certificate already', async () => {
    acm.add(KEPT, lab.chain.leaf.certificate, []);
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('unchanged');
    expect((await lab.rig.deployments.get(id)).options.arn).toBe(KEPT);
    expect(imports()).toBe(0);
  });

  it('does not import twice if the answer of the first import was lost', async () => {
    const { id } = await deploy();
    acm.loseNextAnswer('ImportCertificate');
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({
      state: 'failed',
      error: { code: 'CLOUD_UNAVAILABLE' },
    });
    lab.rig.pass(2);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).error).toBeNull();
    expect([...acm.certificates.keys()]).toEqual([(await lab.rig.deployments.get(id)).options.arn]);
    expect(imports()).toBe(1);
  });

  it('reports a refusal with the words of AWS, and a test changes nothing', async () => {
    const { id } = await deploy();
    acm.deny('ImportCertificate');
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const { error } = await lab.rig.lastRun(id);
    expect(error).toMatchObject({
      code: 'CLOUD_REFUSED',
      error: expect.stringContaining('not authorized to perform: acm:ImportCertificate'),
    });
    const deployment = await lab.rig.deployments.get(id);
    const deps = { ...lab.rig.walk, addressPolicy: createAddressPolicy(), acmeShFolder: null };
    const { signal } = new AbortController();
    expect(await testHostless(deps, deployment, signal)).toMatchObject({ ok: true });
    acm.deny('ListCertificates');
    expect(await testHostless(deps, deployment, signal)).toMatchObject({
      ok: false,
      checks: [{ message: expect.stringContaining('acm:ListCertificates') }],
    });
    expect(acm.certificates.size).toBe(0);
  });

  it.each([
    [{ region: 'europe' }, 'options.region'],
    [{ arn: 'arn:aws:acm:us-east-1:123456789012:certificate/x' }, 'options.arn'],
    [{ endpoint: 'file:///etc/passwd' }, 'options.endpoint'],
    [{ credentialId: 'none' }, 'options.credentialId'],
  ])('refuses %j', async (more, field) => {
    await expect(deploy(more)).rejects.toMatchObject({ details: { issues: [{ field }] } });
  });

  it('waits for the deployment before it and for its window, and is never held as a canary', async () => {
    const { id: hostId } = await lab.rig.host('web1');
    const first = await lab.rig.deploy('p1', { hosts: { ids: [hostId] }, files: FILES, steps: RELOAD });
    lab.rig.doubleOf('web1').exitCodes.set('nginx -t', 1);
    const { id } = await deploy();
    const rollout = { strategy: 'canary' as const, stopOnFailure: true, concurrency: 1, groups: ['staging'] };
    await lab.rig.deployments.update(id, { rollout, after: first.id });
    await lab.rig.host('tagged', { tags: ['staging'] });
    await lab.activate(lab.chain.leaf, LONG);
    await lab.rig.runDue();
    const waitsFor = `waits for web1 of ${first.name}, which failed`;
    expect((await lab.rig.deployments.get(id)).targets).toMatchObject([{ state: 'pending', waitsFor }]);
    expect(imports()).toBe(0);
    lab.rig.doubleOf('web1').exitCodes.clear();
    lab.rig.pass(1);
    await lab.rig.runDue();
    expect((await lab.rig.deployments.get(id)).targets).toMatchObject([
      { host: { name: 'AWS Certificate Manager' }, state: 'deployed', waitsFor: null },
    ]);
    const later = { start: '02:00', end: '04:00', timeZone: 'UTC' };
    await lab.rig.deployments.update(id, { window: { ...later, days: [...WEEK] } });
    await lab.activate(lab.renewed, LONG);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('waiting-for-window');
    lab.rig.pass(15 * 60);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('deployed');
  });

  it('is waited for by the deployments after it', async () => {
    const { id: after, name } = await deploy();
    acm.deny('ImportCertificate');
    const { id: hostId } = await lab.rig.host('web1');
    const second = await lab.rig.deploy('p1', {
      hosts: { ids: [hostId] },
      files: FILES,
      steps: RELOAD,
      after,
    });
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect((await lab.rig.deployments.get(second.id)).targets).toMatchObject([
      { state: 'pending', waitsFor: `waits for AWS Certificate Manager of ${name}, which failed` },
    ]);
  });

  it('never connects to a metadata service', async () => {
    const { id } = await deploy({ endpoint: 'http://169.254.169.254' });
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).error?.code).toBe('ADDRESS_NOT_ALLOWED');
  });
});
