// The router over HTTP as the GUI's client uses it: calls, batches, failures, events that resume where they stopped.
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppRouter } from '../../src/main/api/router.ts';
import { startApp, type TestApp } from '../support/server/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

const url = () => `${app.app.address}/trpc`;
const bearer = () => ({ Authorization: `Bearer ${app.token}` });

function client(headers: Readonly<Record<string, string>> = bearer()) {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url: url(),
          EventSource,
          eventSourceOptions: {
            fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
          },
        }),
        false: httpBatchLink({ url: url(), headers }),
      }),
    ],
  });
}

const send = (path: string, init: RequestInit = {}) =>
  fetch(`${url()}/${path}`, { ...init, headers: { ...bearer(), ...init.headers } });

/** What a client receives about a failure. */
async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw new Error('It did not fail as tRPC fails');
  return error as TRPCClientError<AppRouter>;
}

describe('calls', () => {
  it('answers queries and mutations, several in one request', async () => {
    const trpc = client();
    const { id } = await trpc.projects.create.mutate({
      body: { name: 'Shop', domain: 'shop.example.com', altNames: [] },
    });
    const [project, health] = await Promise.all([
      trpc.projects.get.query({ id }),
      trpc.system.health.query(),
    ]);
    expect(project).toMatchObject({ id, name: 'Shop', certificate: null });
    expect(health.ok).toBe(true);
    const answer = await send('projects.list,system.health?batch=1');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toHaveLength(2);
  });

  it('answer long work with its job', async () => {
    const id = await app.project('long.example.com');
    const body = { challengeType: 'http-01', ca: 'https://127.0.0.1:1/directory' } as const;
    const answer = await client().certificates.obtain.mutate({ id, body });
    expect(answer).toMatchObject({ success: true, job: { id: expect.any(String) } });
  });

  it('are refused if one request has more of them than a page sends', async () => {
    const answer = await send(`${Array(51).fill('system.health').join(',')}?batch=1`);
    expect(answer.status).toBe(400);
    expect((await send(`${Array(50).fill('system.health').join(',')}?batch=1`)).status).toBe(200);
  });
});

describe('failures', () => {
  it('have the body that REST answers with, its status, and no stack', async () => {
    const { data, message } = await failureOf(client().projects.get.query({ id: 'nobody' }));
    const { body } = await app.call('GET', '/projects/nobody');
    expect(data).toEqual({ code: 'NOT_FOUND', httpStatus: 404, path: 'projects.get', body });
    expect(message).toBe(body.error);
    const answer = await send('projects.get?input=%7B%22id%22%3A%22nobody%22%7D');
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/stack|node_modules|\.ts:/);
  });

  it('name the invalid field', async () => {
    const { data, message } = await failureOf(
      client().projects.create.mutate({ body: { name: '', altNames: [] } }),
    );
    expect(data?.body).toMatchObject({ code: 'INVALID_REQUEST', details: { issues: [{ field: 'name' }] } });
    expect(message).toMatch(/^name: /);
  });

  it('distinguish unknown and forbidden callers', async () => {
    const anonymous = await failureOf(client({}).projects.list.query({}));
    expect(anonymous.data).toMatchObject({ code: 'UNAUTHORIZED', httpStatus: 401 });
    const unknown = await failureOf(client({ Authorization: 'Bearer cdk_x' }).projects.list.query({}));
    expect(unknown.data).toMatchObject({ code: 'UNAUTHORIZED', httpStatus: 401 });
    const reader = await app.makeToken(['projects:read']);
    const denied = await failureOf(
      client({ Authorization: `Bearer ${reader}` }).projects.create.mutate({
        body: { name: 'x', altNames: [] },
      }),
    );
    expect(denied.data).toMatchObject({ code: 'FORBIDDEN', httpStatus: 403 });
  });

  it('distinguish client errors from our own', async () => {
    const json = { 'Content-Type': 'application/json' };
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const statuses = await Promise.all([
      send('projects.nothing'),
      send('projects.create'),
      send('projects.create', { method: 'POST', body: '{', headers: json }),
      send('projects.create', { method: 'POST', body: 'name=x', headers: form }),
      send('projects.create', {
        method: 'POST',
        body: '{"name":"x"}',
        headers: { 'Content-Type': 'text/plain' },
      }),
      send('projects.create', { method: 'POST', body: `"${'x'.repeat(1024 * 1024)}"`, headers: json }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 405, 400, 415, 415, 413]);
    expect(app.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});

describe('events', () => {
  // Their own server: a job of the previous tests may still be failing, which is an event too.
  beforeAll(async () => {
    await app.stop();
    app = await startApp();
  });

  it('arrive as they happen, and resume after the last one that was seen', async () => {
    const first = await follow({}, async () => void (await app.project('one.example.com')));
    expect(first).toMatchObject({
      data: { kind: 'project.created', message: 'Project one.example.com created' },
    });
    await app.project('two.example.com');
    const missed = await follow({ lastEventId: Number(first.id) }, async () => undefined);
    expect(missed).toMatchObject({ data: { message: 'Project two.example.com created' } });
  });

  it('end with an error without a token', async () => {
    const failure = await new Promise((resolve) => {
      client({}).jobs.events.subscribe({}, { onError: resolve });
    });
    expect(failure).toMatchObject({ data: { code: 'UNAUTHORIZED', body: { code: 'UNAUTHENTICATED' } } });
  });

  it('do not keep the server from stopping', async () => {
    const other = await startApp();
    const headers = { Authorization: `Bearer ${other.token}`, Accept: 'text/event-stream' };
    const streams = await Promise.all(
      ['/trpc/jobs.events?input={}', '/api/v1/events'].map((path) =>
        fetch(other.app.address + path, { headers }),
      ),
    );
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    await other.stop(); // the clients do not disconnect on their own
  });

  /** The first event, after `act` ran on the open stream. */
  function follow(input: { lastEventId?: number }, act: () => Promise<void>) {
    return new Promise<{ id: string; data: unknown }>((resolve, reject) => {
      const subscription = client().jobs.events.subscribe(input, {
        onStarted: () => void act().catch(reject),
        onData: (event) => {
          subscription.unsubscribe();
          resolve(event);
        },
        onError: reject,
      });
    });
  }
});
