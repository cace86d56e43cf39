// One deployment for many projects: the preview says what creation does, and each project gets all of it or nothing.
import { expect, it } from 'vitest';
import { createAddToMany } from '../../../src/main/engine/deploy/add-to-many.ts';
import { projectsWithTags } from '../../../src/main/engine/deploy/deploy-many.ts';
import { DeploymentTemplateSchema } from '../../../src/shared/deployment-bulk.ts';
import { useDeployLab } from '../../support/deploy/deploy-lab.ts';

const lab = useDeployLab();

async function arrange() {
  const { rig } = lab;
  const { id: host } = await rig.host('web');
  await rig.project('p2', 'shop.example.com');
  await rig.project('wild', '*.example.com');
  await rig.project('apex', 'example.com');
  await rig.project('bare');
  await rig.stores.projects.update('bare', { domain: null, tags: ['x'] });
  for (const id of ['p2', 'wild']) await rig.stores.projects.update(id, { tags: ['shop'] });
  const many = createAddToMany({
    ...rig,
    projectsWithTags: (tags) => projectsWithTags(rig, tags, null),
  });
  const body = (more: object) =>
    DeploymentTemplateSchema.parse({
      hosts: { ids: [host] },
      files: [{ content: 'combined', path: '/etc/tls/{domain}.pem' }],
      ...more,
    });
  return { rig, host, many, body };
}

const codes = (
  projects: readonly { readonly id: string; readonly error: { readonly code: string } | null }[],
) => Object.fromEntries(projects.map(({ id, error }) => [id, error?.code ?? null]));

it('previews what each project would get, and stores nothing', async () => {
  const { rig, many, body } = await arrange();
  const template = body({ projects: ['p1', 'p2', 'wild', 'apex', 'bare', 'nowhere'] });
  const { projects } = await many.preview(template);
  const expected = {
    p1: null,
    p2: null,
    wild: null,
    apex: 'PATH_CLAIMED', // the file of *.example.com has its name
    bare: 'INVALID_REQUEST',
    nowhere: 'PROJECT_NOT_FOUND',
  };
  expect(codes(projects)).toEqual(expected);
  expect(projects[0]?.preview?.files[0]?.path).toBe('/etc/tls/api.example.com.pem');
  expect(projects[3]?.error?.error).toMatch(
    /^The deployment of \*\.example\.com would write \/etc\/tls\/example\.com\.pem on web too\. Write/,
  );
  expect(await rig.stores.deployments.ofProject('p1')).toEqual([]);
  const created = await many.create(template);
  expect(codes(created.projects)).toEqual(expected);
  expect((await rig.deployments.ofProject('p2'))[0]?.files[0]?.path).toBe('/etc/tls/shop.example.com.pem');
  expect(await rig.stores.deployments.ofProject('apex')).toEqual([]);
});

it('creates all files of a project or none, and nothing twice', async () => {
  const { rig, host, many, body } = await arrange();
  const taken = [{ content: 'der', path: '/etc/tls/shop.example.com.key' }];
  await rig.deploy('apex', { hosts: { ids: [host] }, files: taken });
  const template = body({
    name: 'tls',
    tag: ['shop'],
    projects: ['p1'],
    files: [
      { content: 'fullchain', path: '/etc/tls/{domain}.crt' },
      { content: 'privkey', path: '/etc/tls/{domain}.key' },
    ],
  });
  const expected = { p1: null, p2: 'PATH_CLAIMED', wild: null };
  expect(codes((await many.preview(template)).projects)).toEqual(expected);
  const { projects } = await many.create(template);
  expect(codes(projects)).toEqual(expected);
  expect(projects.find(({ id }) => id === 'p2')?.error?.error).toContain('(Files of example.com)');
  const claims = await rig.stores.deployments.claimsOn(host);
  expect(claims.map(({ path }) => path).toSorted()).toEqual([
    '/etc/tls/api.example.com.crt',
    '/etc/tls/api.example.com.key',
    '/etc/tls/example.com.crt',
    '/etc/tls/example.com.key',
    '/etc/tls/shop.example.com.key',
  ]);
  expect(codes((await many.create(template)).projects)).toEqual({
    p1: 'INVALID_REQUEST', // has it already
    p2: 'PATH_CLAIMED',
    wild: 'INVALID_REQUEST',
  });
  expect(await rig.stores.deployments.ofProject('p1')).toHaveLength(1);
});

it('refuses what is wrong for all projects before it creates anything', async () => {
  const { rig, many, body } = await arrange();
  const unknown = body({ projects: ['p1'], files: [{ content: 'der', path: '/etc/{nmae}' }] });
  for (const call of [many.preview, many.create])
    await expect(call(unknown)).rejects.toThrow('files.0.path: has the unknown placeholder {nmae}');
  await expect(many.create(body({ tag: ['nobody'] }))).rejects.toThrow('tag: no project has the tag nobody');
  expect(await rig.stores.deployments.ofProject('p1')).toEqual([]);
  expect(DeploymentTemplateSchema.safeParse({ hosts: { tag: 't' } }).success).toBe(false);
});

it('fills in the recipe for each project, with a name below a wildcard for its check', async () => {
  const { many, body } = await arrange();
  const nginx = { recipe: 'nginx', files: undefined };
  const { projects } = await many.preview(body({ ...nginx, projects: ['p1', 'wild'] }));
  expect(projects[0]?.preview?.files[0]?.path).toBe('/etc/nginx/certdesk/api.example.com.pem');
  expect(projects[1]?.error?.error).toMatch(/^verify\.serverName: is missing: the domain is a wildcard/);
  const verify = { port: 443, serverName: 'www.{domain}' };
  const [wild] = (await many.preview(body({ ...nginx, verify, projects: ['wild'] }))).projects;
  expect(wild?.preview?.verify?.serverName).toBe('www.example.com');
});
