// How a NAME on the command line finds its project among more than one page can have.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findOrCreateProject,
  findProject,
  listFirstProjects,
  requireProject,
} from '../../src/main/cli/projects.ts';
import type { Server } from '../../src/main/cli/request.ts';
import { startApp, type TestApp } from '../support/server/app.ts';

const COUNT = 520;
let app: TestApp;
let server: Server;
let apex: string;

beforeAll(async () => {
  app = await startApp();
  server = { url: app.app.address, token: app.token, roots: null, fingerprint: null, isProved: false };
  const create = (domain: string) =>
    app.app.engine.projects.create({ name: domain, domain, altNames: [] }).then(({ id }) => id);
  // Whichever end of the list comes first, half of the names are before it.
  for (let n = 0; n < COUNT; n += 1) await create(`host-${n}.example.com`);
  apex = await create('example.com');
  for (let n = COUNT; n < 2 * COUNT; n += 1) await create(`host-${n}.example.com`);
}, 120_000);
afterAll(() => app?.stop());

describe('among more than 1,000 projects', () => {
  it('a domain that is part of all other names is found', async () => {
    expect((await findProject(server, 'example.com'))?.id).toBe(apex);
  });

  it('an ID is found, and an unknown one is not', async () => {
    expect((await findProject(server, apex))?.domain).toBe('example.com');
    expect(await findProject(server, crypto.randomUUID())).toBeNull();
  });

  it('an IP address is found in any spelling, and gets a project', async () => {
    const { project, isNew } = await findOrCreateProject(server, '2001:0DB8:0:0::1');
    expect({ domain: project.domain, isNew }).toEqual({ domain: '2001:db8::1', isNew: true });
    for (const name of ['2001:db8::1', '[2001:db8:0:0:0:0:0:1]'])
      expect((await findOrCreateProject(server, name)).project.id, name).toBe(project.id);
    expect((await findOrCreateProject(server, '192.0.2.1')).project.domain).toBe('192.0.2.1');
    await expect(findOrCreateProject(server, '192.0.2.0/24')).rejects.toThrow('There is no project');
    await expect(findOrCreateProject(server, '0.0.0.0')).rejects.toThrow(
      'The name 0.0.0.0 is the unspecified address, which no server has',
    );
  });

  it('the nearest name is suggested from all', async () => {
    await expect(requireProject(server, 'exmple.com')).rejects.toThrow('Did you mean example.com?');
  });

  it('completion reads one page only', async () => {
    expect(await listFirstProjects(server)).toHaveLength(500);
  });
});
