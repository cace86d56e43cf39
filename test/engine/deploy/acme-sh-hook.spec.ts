// The kind acme-sh-hook with scripts of acme.sh's interface.
import { cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useDeployLab } from '../../support/deploy/deploy-lab.ts';

const lab = useDeployLab();
const TOKEN = 'token-that-must-stay-secret';

let folder: string;
let target: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'certdesk-hook-')));
  target = await realpath(await mkdtemp(join(tmpdir(), 'certdesk-hook-target-')));
  await cp('test/fixtures/acme-sh', folder, { recursive: true });
  lab.rig.setAcmeShFolder(folder);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(target, { recursive: true, force: true });
});

async function deploy(more: object = {}) {
  const { id: credentialId } = await lab.rig.credentials.create({
    kind: 'secret',
    name: 'Token',
    value: TOKEN,
  });
  return lab.rig.deploy('p1', {
    kind: 'acme-sh-hook',
    hosts: { none: true },
    options: { script: 'copy' },
    steps: {
      environment: [
        { name: 'COPY_TARGET', value: target },
        { name: 'COPY_TOKEN', credentialId },
        { name: 'COPY_NOTE', value: 'first' },
      ],
    },
    ...more,
  });
}

const seen = (name: string) => readFile(join(target, name), 'utf8');

describe('a script of the deploy folder of acme.sh', () => {
  it('gets domain, key, certificate, intermediates and full chain, its variables, and nothing else', async () => {
    process.env.CERTDESK_HOOK_TEST = 'of Certdesk itself';
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf, { chain: lab.full(lab.chain.leaf) });
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).error).toBeNull();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', hostId: id });
    expect((await lab.rig.deployments.get(id)).state).toBe('deployed');
    expect(await seen('key')).toContain('PRIVATE KEY');
    expect((await seen('fullchain')).trim()).toBe(
      `${(await seen('cert')).trim()}\n${(await seen('ca')).trim()}`,
    );
    const [domain, token, count, pfx, cwd = ''] = (await seen('seen')).split('\n');
    expect([domain, token, count]).toEqual(['api.example.com', TOKEN, '6']);
    expect(pfx).toMatch(/api\.example\.com\.pfx$/);
    const environment = await seen('environment');
    expect(environment).not.toContain('of Certdesk itself');
    expect(environment).toContain('CERTDESK_EVENT=');
    expect(await readdir(tmpdir())).not.toContain(cwd.split('/').at(-1));
    delete process.env.CERTDESK_HOOK_TEST;
  });

  it('keeps what it saves, sealed, for its next run, and forgets it with another script', async () => {
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const stored = await lab.rig.stores.deployments.get(id);
    expect(stored?.savedSealed).not.toBeNull();
    expect(JSON.stringify(await lab.rig.deployments.get(id))).not.toContain(TOKEN);
    // The variables are gone from the deployment: the script finds those that it has saved.
    const steps = { validateCommand: null, reloadCommand: null, timeoutSeconds: 60, environment: [] };
    await lab.rig.deployments.update(id, { steps });
    await lab.activate(lab.renewed);
    await lab.rig.runDue();
    expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', error: null });
    expect((await seen('seen')).split('\n')[1]).toBe(TOKEN);
    expect(await seen('note')).toBe('first\n');
    await lab.rig.deployments.update(id, { options: { script: 'other' } });
    expect((await lab.rig.stores.deployments.get(id))?.savedSealed).toBeNull();
  });

  it('runs once for a version, and again if it is forced', async () => {
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    await rm(join(target, 'seen'));
    await lab.rig.deployments.run(id, { force: false, hosts: null });
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).state).toBe('unchanged');
    expect(await readdir(target)).not.toContain('seen');
    await lab.rig.deployments.run(id, { force: true, hosts: null });
    await lab.rig.runDue();
    expect(await readdir(target)).toContain('seen');
  });

  it('fails with its reason, without the secret, and is attempted again', async () => {
    const { id: credentialId } = await lab.rig.credentials.create({
      kind: 'secret',
      name: 'X',
      value: 'refused',
    });
    const environment = [
      { name: 'COPY_TARGET', value: target },
      { name: 'COPY_TOKEN', credentialId },
    ];
    const { id } = await deploy({ steps: { environment } });
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    const run = await lab.rig.lastRun(id);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'DEPLOYMENT_COMMAND_FAILED' } });
    expect(run.nextAttemptAt).not.toBeNull();
    expect(run.error?.error).toBe('copy_deploy failed with exit code 1: the token [redacted] is wrong');
  });

  it('fails with the start option that is missing', async () => {
    lab.rig.setAcmeShFolder(null);
    const { id } = await deploy();
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).error).toMatchObject({
      code: 'ACME_SH_DISABLED',
      error: expect.stringContaining('--acme-sh-folder FOLDER'),
    });
  });

  it.each([
    ['missing', /does not contain .*missing/],
    ['dns_bindtest', /does not contain|has no function/],
  ])('does not run %s, which is no script of that folder', async (script, message) => {
    const { id } = await deploy({ options: { script } });
    await lab.activate(lab.chain.leaf);
    await lab.rig.runDue();
    expect((await lab.rig.lastRun(id)).error?.error).toMatch(message);
  });

  it.each([
    [{ options: { script: '../copy' } }, 'options.script'],
    [{ options: {} }, 'options.script'],
    [{ options: { script: 'copy', region: 'x' } }, 'options.region'],
    [{ hosts: { ids: ['h1'] } }, 'hosts'],
    [{ steps: { environment: [{ name: 'LD_PRELOAD', value: '/x' }] } }, 'steps.environment.0.name'],
    [{ verify: { port: 443 } }, 'verify'],
    [{ files: [{ content: 'privkey', path: '/x' }] }, 'files'],
  ])('refuses %j', async (more, field) => {
    const issue = { field };
    await expect(deploy(more)).rejects.toMatchObject({ details: { issues: [issue] } });
  });
});
