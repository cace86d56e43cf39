// Tokens that are limited to projects with a tag: they follow the tags from request to request, fail closed, and cannot
// change a tag.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
let tagged: string;
let other: string;

const tag = (id: string, body: object, token = app.token) =>
  app.call('POST', `/projects/${id}/tags`, { body, token });
const newToken = async (tags: readonly string[], scope = 'projects:write', projectIds?: string[]) => {
  const body = { name: 'by tag', scopes: [scope], tags, ...(projectIds === undefined ? {} : { projectIds }) };
  const answer = await app.asUser('POST', '/tokens', { body });
  expect(answer.status).toBe(201);
  return answer.body as unknown as { id: string; token: string; projectIds: unknown; tags: unknown };
};
const listed = async (token: string, query = '') => {
  const { body } = await app.call('GET', `/projects${query}`, { token });
  return (body.projects as unknown as { id: string }[]).map(({ id }) => id);
};

beforeAll(async () => {
  app = await startApp();
  tagged = await app.project('tagged.example.com');
  other = await app.project('other.example.com');
  expect((await tag(tagged, { add: ['Prod', 'eu'] })).body).toMatchObject({ tags: ['eu', 'prod'] });
});
afterAll(() => app?.stop());

describe('tags of projects', () => {
  it('are set at creation and by PATCH, returned everywhere, and filter the list', async () => {
    const created = await app.call('POST', '/projects', { body: { name: 'New', tags: ['b', 'a', 'A'] } });
    expect(created.body).toMatchObject({ tags: ['a', 'b'] });
    const id = String(created.body.id);
    const patched = await app.call('PATCH', `/projects/${id}`, { body: { tags: ['c'] } });
    expect(patched.body).toMatchObject({ tags: ['c'] });
    expect((await app.call('GET', `/projects/${id}`)).body).toMatchObject({ tags: ['c'] });
    expect(await listed(app.token, '?tag=c')).toEqual([id]);
    expect(await listed(app.token, '?tag=eu&tag=prod')).toEqual([tagged]);
    expect(await listed(app.token, '?tag=eu&tag=c')).toEqual([]);
    expect((await app.call('GET', '/projects?tag=two%20words')).status).toBe(400);
    await app.call('DELETE', `/projects/${id}`);
  });

  it('are in the audit trail with what was added and removed', async () => {
    await tag(other, { add: ['staging'] });
    await tag(other, { remove: ['staging'] });
    const { body } = await app.call('GET', '/audit?limit=2');
    const entries = body.entries as unknown as { operation: string; message: string }[];
    expect(entries.map(({ operation, message }) => [operation, message])).toEqual([
      ['projects.changeTags', 'Project other.example.com changed: tags removed: staging'],
      ['projects.changeTags', 'Project other.example.com changed: tags added: staging'],
    ]);
  });
});

describe('a token that is limited to a tag', () => {
  it('sees the projects with the tag when it is used, and no others', async () => {
    const { token, projectIds, tags } = await newToken(['prod']);
    expect({ projectIds, tags }).toEqual({ projectIds: [], tags: ['prod'] });
    expect(await listed(token)).toEqual([tagged]);
    expect((await app.call('GET', `/projects/${tagged}`, { token })).status).toBe(200);
    expect((await app.call('GET', `/projects/${other}`, { token })).status).toBe(403);
    await tag(other, { add: ['prod'] });
    expect((await app.call('GET', `/projects/${other}`, { token })).status).toBe(200);
    await tag(other, { remove: ['prod'] });
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['GET', '/certificate'],
      ['GET', '/certificate/key-pair'],
      ['POST', '/certificate/renew'],
    ] as const) {
      const body = method === 'GET' ? {} : { body: {} };
      const answer = await app.call(method, `/projects/${other}${path}`, { token, ...body });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    expect(await listed(token)).toEqual([tagged]);
  });

  it('sees nothing if no project has the tag', async () => {
    const { token } = await newToken(['of-nothing']);
    expect(await listed(token)).toEqual([]);
    expect((await app.call('GET', '/jobs', { token })).body).toEqual({ jobs: [] });
    expect((await app.call('GET', '/overview', { token })).body).toMatchObject({ counts: { total: 0 } });
    expect((await app.call('GET', '/projects/facets', { token })).body).toMatchObject({ tags: [] });
    expect((await app.call('GET', `/projects/${tagged}`, { token })).status).toBe(403);
    expect((await app.call('GET', '/settings', { token })).status).toBe(403);
  });

  it('cannot move a project into its reach, and not out of that of others', async () => {
    const { token } = await newToken(['prod'], 'projects:write', [other]);
    expect((await listed(token)).toSorted()).toEqual([tagged, other].toSorted());
    const third = await app.project('third.example.com');
    for (const id of [third, other, tagged]) {
      expect((await tag(id, { add: ['prod'] }, token)).status).toBe(403);
      expect((await tag(id, { remove: ['eu'] }, token)).status).toBe(403);
      const patch = { body: { tags: ['prod'] }, token };
      expect((await app.call('PATCH', `/projects/${id}`, patch)).status).toBe(403);
    }
    const body = { name: 'Mine', tags: ['prod'] };
    expect((await app.call('POST', '/projects', { body, token })).status).toBe(403);
    expect((await listed(token)).toSorted()).toEqual([tagged, other].toSorted());
    expect((await app.call('GET', `/projects/${tagged}`)).body).toMatchObject({ tags: ['eu', 'prod'] });
  });

  it('gets no more events of a project that has lost the tag, on an open stream', async () => {
    const { token } = await newToken(['live']);
    const controller = new AbortController();
    const response = await fetch(`${app.app.address}/api/v1/events`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: controller.signal,
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    const tell = (message: string) =>
      app.app.engine.journal.emit({ kind: 'test', message, projectId: tagged });
    await expect.poll(() => text).toContain(': connected');
    await tell('before the tag');
    await tag(tagged, { add: ['live'] });
    await tell('with the tag');
    await expect.poll(() => text).toContain('with the tag');
    await tag(tagged, { remove: ['live'] });
    await tell('after the tag');
    await tag(tagged, { add: ['live'] });
    await tell('with the tag again');
    await expect.poll(() => text).toContain('with the tag again');
    await tag(tagged, { remove: ['live'] });
    expect(text).not.toContain('before the tag');
    expect(text).not.toContain('after the tag');
    controller.abort();
    await reading;
  });

  it('cannot have the scope admin, and may be one that only downloads', async () => {
    const refused = await app.asUser('POST', '/tokens', {
      body: { name: 'x', scopes: ['admin'], tags: ['prod'] },
    });
    expect(refused.status).toBe(400);
    const { token } = await newToken(['prod'], 'certificates:download');
    const keyPair = (id: string) => app.call('GET', `/projects/${id}/certificate/key-pair`, { token });
    expect((await keyPair(other)).status).toBe(403);
    expect((await keyPair(tagged)).status).toBe(404); // allowed, but there is no certificate
    expect((await app.call('GET', `/projects/${tagged}`, { token })).status).toBe(403);
  });

  it('is listed with its tags', async () => {
    const { id } = await newToken(['prod', 'eu']);
    const tokens = (await app.call('GET', '/tokens')).body.tokens as unknown as { id: string }[];
    expect(tokens.find((each) => each.id === id)).toMatchObject({ projectIds: [], tags: ['eu', 'prod'] });
  });

  it('can call nothing with its tags over tRPC that it may not by REST', async () => {
    const { token } = await newToken(['prod']);
    const answer = await callApi(`${app.app.address}/trpc/projects.changeTags`, 'POST', {
      token,
      body: { id: tagged, body: { add: ['mine'] } },
    });
    expect(answer.status).toBe(403);
  });
});
