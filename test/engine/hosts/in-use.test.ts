// Hosts and credentials that are in use stay, and the error says where. A recipe names its deployments alike in every
// project, so a name without its project would not help.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CreateHostCredentialSchema } from '../../../src/shared/host.ts';
import { createDeployRig, type DeployRig } from '../../support/deploy/deploy-rig.ts';

let rig: DeployRig;
beforeEach(async () => {
  rig = createDeployRig();
  for (let at = 1; at <= 7; at += 1) await rig.project(`p${at}`, `shop${at}.example.com`);
});
afterEach(() => rig?.close());

const file = (path: string, more: object = {}) => ({ content: 'combined', path, ...more });

it('a host in use names the deployments with their projects, and the hosts behind it', async () => {
  const password = { kind: 'ssh-password', name: 'key', password: 'correct horse' };
  const { id: credentialId } = await rig.credentials.create(CreateHostCredentialSchema.parse(password));
  const ssh = { transport: 'ssh', address: '192.0.2.1', user: 'root', credentialId };
  const web = await rig.host('web', ssh);
  const inner = await rig.host('inner', { ...ssh, jumpHostId: web.id });
  const first = await rig.deploy('p1', { hosts: { ids: [web.id] }, name: 'nginx', files: [file('/a.pem')] });
  await rig.deploy('p2', { hosts: { ids: [web.id] }, name: 'nginx', files: [file('/b.pem')] });
  await expect(rig.hosts.remove(web.id)).rejects.toMatchObject({
    code: 'HOST_IN_USE',
    message:
      'The host web is in use (nginx of shop1.example.com, nginx of shop2.example.com, inner). Remove it there first',
    details: {
      usedBy: [
        { id: first.id, name: 'nginx', project: 'shop1.example.com' },
        { name: 'nginx', project: 'shop2.example.com' },
        { id: inner.id, name: 'inner' },
      ],
    },
  });
});

it('a host with many deployments names five, and counts the others', async () => {
  const { id } = await rig.host('web');
  for (let at = 1; at <= 7; at += 1)
    await rig.deploy(`p${at}`, { hosts: { ids: [id] }, name: 'tls', files: [file(`/${at}.pem`)] });
  await expect(rig.hosts.remove(id)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^The host web is in use \((tls of shop\d\.example\.com, ){4}.* and 2 more\)/,
    ),
    details: { usedBy: { length: 7 } },
  });
});

it('a secret in use names the deployments with their projects', async () => {
  const secret = await rig.credentials.create(
    CreateHostCredentialSchema.parse({ kind: 'secret', name: 'keystore', value: 'correct horse' }),
  );
  const keystore = { content: 'pkcs12', path: '/k.p12', passwordCredentialId: secret.id };
  await rig.deploy('p1', { hosts: { tag: 'none' }, name: 'tomcat', files: [keystore] });
  await expect(rig.credentials.remove(secret.id)).rejects.toMatchObject({
    code: 'HOST_CREDENTIAL_IN_USE',
    message:
      'The credential keystore is in use (tomcat of shop1.example.com). Select another credential there first',
    details: { usedBy: [{ name: 'tomcat', project: 'shop1.example.com' }] },
  });
});
