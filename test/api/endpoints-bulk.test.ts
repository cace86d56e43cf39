// Endpoints from pasted text and changes of single ones, by REST.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AddedEndpoints } from '../../src/shared/endpoint-record.ts';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

async function add(text: string, dryRun = false): Promise<AddedEndpoints> {
  const { status, body } = await app.call('POST', '/endpoints/bulk', { body: { text, dryRun } });
  expect(status).toBe(200);
  return body as unknown as AddedEndpoints;
}
const results = ({ lines }: AddedEndpoints) => lines.map(({ line, result }) => `${line} ${result}`);

it('says in a dry run exactly what it then creates, also of lines that mean the same', async () => {
  const text = [
    'one.example.com',
    'https://ONE.example.com/path',
    'one.example.com,443,tls,other.example.com',
    'one.example.com:25',
    'smtp://one.example.com',
    '169.254.169.254',
    '<script>',
  ].join('\n');
  const planned = await add(text, true);
  const wanted = [
    '1 created',
    '2 existing',
    '3 created',
    '4 created',
    '5 existing',
    '6 invalid',
    '7 invalid',
  ];
  expect(results(planned)).toEqual(wanted);
  expect((await app.call('GET', '/endpoints')).body.total).toBe(0);
  const added = await add(text);
  expect(results(added)).toEqual(wanted);
  expect(added.lines[1]?.endpointId).toBe(added.lines[0]?.endpointId);
  expect((await app.call('GET', '/endpoints')).body.total).toBe(3);
});

it('lets the server name follow the host, unless it is another one', async () => {
  const create = async (body: object) => (await app.call('POST', '/endpoints', { body })).body;
  const change = async (id: unknown, body: object) =>
    (await app.call('PATCH', `/endpoints/${id}`, { body })).body.serverName;
  const { id } = await create({ host: 'first.example.net' });
  expect(await change(id, { host: 'second.example.net' })).toBe('second.example.net');
  expect(await change(id, { host: 'third.example.net', serverName: 'web.example.net' })).toBe(
    'web.example.net',
  );
  expect(await change(id, { host: 'fourth.example.net' })).toBe('web.example.net');
  const none = await create({ host: 'fifth.example.net', serverName: null });
  expect(await change(none.id, { host: 'sixth.example.net' })).toBeNull();
});

it('suggests no endpoint that exists, an IP address included', async () => {
  const id = await app.project('127.0.0.9', ['shop.example.org']);
  const suggested = async () => {
    const { body } = await app.call('GET', `/endpoints/suggestions?project=${id}`);
    return (body.suggestions as unknown as readonly { host: string }[]).map(({ host }) => host);
  };
  expect(await suggested()).toEqual(['127.0.0.9', 'shop.example.org']);
  for (const host of await suggested())
    await app.call('POST', '/endpoints', { body: { host, projectIds: [id] } });
  expect(await suggested()).toEqual([]);
});
