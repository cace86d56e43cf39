// Tests of deployments that are not saved: new ones, and changes of saved ones. They say what would fail, and keep nothing.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult, HostTest } from '../../src/shared/host.ts';
import { type Json, startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
let folder: string;
let projectId: string;
let hostId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-unsaved-'));
  app = await startApp();
  projectId = await app.project('shop.example.com');
  const host = await app.asUser('POST', '/hosts', { body: { name: 'here', transport: 'local' } });
  hostId = String(host.body.id);
}, 60_000);
afterAll(async () => {
  await app?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const filesAt = (path: string) => [{ content: 'combined', path }];
const draft = (path: string, more: object = {}) => ({
  hosts: { ids: [hostId] },
  files: filesAt(path),
  ...more,
});
const testNew = (body: object) => app.asUser('POST', `/projects/${projectId}/deployments/test`, { body });
function failedChecks({ hosts = {} }: Json): readonly CheckResult[] {
  const [host] = hosts as unknown as readonly { readonly test: HostTest }[];
  return host?.test.checks.filter(({ state }) => state === 'failed') ?? [];
}

describe('a new deployment', () => {
  it('is tested on its hosts without being created, and nothing is written there', async () => {
    const { status, body, text } = await testNew(draft(join(folder, 'shop.pem')));
    expect(status, text).toBe(200);
    expect(body.hosts).toMatchObject([{ id: hostId, name: 'here', test: { ok: true } }]);
    expect(text).toContain('The project has no certificate yet');
    expect((await app.call('GET', '/deployments')).body.deployments).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the folder that is missing and the program that is not there, each with what to do', async () => {
    const reloadCommand = ['no-such-service', 'reload'];
    const { body } = await testNew(draft(join(folder, 'none/shop.pem'), { steps: { reloadCommand } }));
    expect(failedChecks(body)).toMatchObject([
      { check: 'path', fix: `mkdir -p '${join(folder, 'none')}'` },
      { check: 'command', message: expect.stringContaining('The program no-such-service was not found') },
    ]);
  });

  it('is tested as its recipe completes it', async () => {
    const options = { certificate: join(folder, 'none/{domain}.pem') };
    const { body } = await testNew({ recipe: 'nginx', options, hosts: { ids: [hostId] } });
    const [path] = failedChecks(body);
    expect(path).toMatchObject({ check: 'path', fix: `mkdir -p '${join(folder, 'none')}'` });
    expect(path?.message).toContain('none/shop.example.com.pem');
  });

  it.each([
    ['an unknown host', { hosts: { ids: ['nobody'] } }, 'hosts.ids.0'],
    ['a relative path', { files: filesAt('shop.pem') }, 'files.0.path'],
    ['no file', { files: [] }, 'files'],
  ])('with %s is refused at its field', async (_, more, field) => {
    const { status, body } = await testNew(draft(join(folder, 'shop.pem'), more));
    expect([status, body.code, body.details?.issues?.[0 as never]?.field]).toEqual([
      400,
      'INVALID_REQUEST',
      field,
    ]);
  });

  it('of an unknown project is not found', async () => {
    const { status } = await app.asUser('POST', '/projects/nothing/deployments/test', {
      body: draft('/x/a'),
    });
    expect(status).toBe(404);
  });

  it('on a tag that no host has is tested nowhere', async () => {
    const { status, body } = await testNew(draft(join(folder, 'shop.pem'), { hosts: { tag: 'none' } }));
    expect([status, body.hosts]).toEqual([200, []]);
  });

  it('on more hosts than one test covers says how many were not tested', async () => {
    for (let at = 1; at <= 22; at += 1) {
      const host = { name: `many${String(at).padStart(2, '0')}`, transport: 'local', tags: ['many'] };
      expect((await app.asUser('POST', '/hosts', { body: host })).status).toBe(201);
    }
    const { body } = await testNew({ ...draft(join(folder, 'shop.pem')), hosts: { tag: 'many' } });
    expect(body.untested).toBe(2);
    expect((body.hosts as unknown as readonly { name: string }[]).map(({ name }) => name).at(-1)).toBe(
      'many20',
    );
  });
});

describe('changes of a saved deployment', () => {
  it('are tested, also a path that it has itself, and are not saved', async () => {
    const path = join(folder, 'saved.pem');
    const created = await app.asUser('POST', `/projects/${projectId}/deployments`, { body: draft(path) });
    const target = `/deployments/${String(created.body.id)}`;
    const same = await app.asUser('POST', `${target}/test`, { body: { files: filesAt(path) } });
    expect(failedChecks(same.body)).toEqual([]);
    const changed = await app.asUser('POST', `${target}/test`, {
      body: { files: filesAt(join(folder, 'none/saved.pem')) },
    });
    expect(failedChecks(changed.body)).toMatchObject([{ check: 'path' }]);
    expect((await app.call('GET', target)).body.files).toMatchObject([{ path }]);
    const other = await testNew(draft(path));
    expect([other.status, other.body.code]).toEqual([409, 'PATH_CLAIMED']);
    const refused = await app.asUser('POST', `${target}/test`, { body: { files: [] } });
    expect(refused.status).toBe(400);
  });
});

describe('who may', () => {
  it('lets a token test what is saved only: its own paths and programs would tell what a host has', async () => {
    const { deployments } = (await app.call('GET', '/deployments')).body;
    const target = `/deployments/${String(deployments?.[0 as never]?.id)}/test`;
    expect((await app.call('POST', target)).status).toBe(200);
    expect((await app.call('POST', target, { body: { files: filesAt('/etc/shadow') } })).status).toBe(403);
    const body = draft('/etc/shadow');
    expect((await app.call('POST', `/projects/${projectId}/deployments/test`, { body })).status).toBe(403);
  });
});
