// GET /events: server-sent events from now on or after a given one, for those who may see them, without leaks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';

interface Seen {
  readonly id: number;
  readonly kind: string;
  readonly projectId: string | null;
  readonly message: string;
}

interface Stream {
  readonly response: Response;
  readonly events: readonly Seen[];
  /** Resolves when the server has ended it or cut it off. */
  readonly ended: Promise<void>;
  close(): void;
}

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

async function open(headers: Readonly<Record<string, string>> = {}, token = app.token): Promise<Stream> {
  const controller = new AbortController();
  const response = await fetch(`${app.app.address}/api/v1/events`, {
    headers: { Authorization: `Bearer ${token}`, ...headers },
    signal: controller.signal,
  });
  const events: Seen[] = [];
  const ended = collect(response, events).catch(() => undefined);
  return { response, events, ended, close: () => controller.abort() };
}

/** Parsed as in WHATWG HTML section 9.2.6, as far as it is used here. */
async function collect(response: Response, events: Seen[]): Promise<void> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, id, data] = /^id: (\d+)\ndata: (.+)$/.exec(block) ?? [];
      if (id === undefined || data === undefined) continue; // a comment
      const event: Seen = JSON.parse(data);
      expect(event.id).toBe(Number(id));
      events.push(event);
    }
  }
}

const messages = ({ events }: Stream): readonly string[] => events.map(({ message }) => message);
const tell = (message: string, projectId: string | null = null) =>
  app.app.engine.journal.emit({ kind: 'test', message, projectId });

describe('a stream', () => {
  it('is an event stream that no cache stores', async () => {
    const stream = await open();
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    expect(stream.response.headers.get('x-content-type-options')).toBe('nosniff');
    stream.close();
  });

  it('sends new events in order', async () => {
    await tell('before');
    const stream = await open();
    await tell('first');
    await app.project('told.example.com');
    await tell('last');
    await expect.poll(() => messages(stream)).toEqual(['first', 'Project told.example.com created', 'last']);
    expect(stream.events[1]).toMatchObject({ kind: 'project.created', projectId: expect.any(String) });
    stream.close();
  });

  it('resumes after Last-Event-ID, without gaps and duplicates', async () => {
    const first = await open();
    for (const n of [1, 2, 3]) await tell(`gap ${n}`);
    await expect.poll(() => first.events.length).toBe(3);
    first.close();
    for (const n of [4, 5]) await tell(`gap ${n}`);
    const again = await open({ 'Last-Event-ID': String(first.events[1]?.id) });
    await tell('gap 6');
    await expect.poll(() => messages(again)).toEqual(['gap 3', 'gap 4', 'gap 5', 'gap 6']);
    again.close();
  });

  it('sends a thousand missed events in one go', async () => {
    const last = await open();
    await tell('mark');
    await expect.poll(() => last.events.length).toBe(1);
    last.close();
    // Concurrently: these are few commits in the order of the calls; one by one there would be as many as events.
    await Promise.all(Array.from({ length: 1_100 }, (_, n) => tell(`missed ${n}`)));
    const again = await open({ 'Last-Event-ID': String(last.events[0]?.id) });
    await expect.poll(() => again.events.length).toBe(1_100);
    expect(messages(again)).toEqual(Array.from({ length: 1_100 }, (_, n) => `missed ${n}`));
    again.close();
  });

  it.each(['made-up', '-1', '1.5', '1e400'])('is refused for the Last-Event-ID %s', async (id) => {
    const headers = { 'Last-Event-ID': id };
    expect(await app.call('GET', '/events', { headers })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: { issues: [{ field: 'lastEventId' }] } },
    });
  });
});

describe('a stream client', () => {
  it('with a token of one project receives events of that project only, past ones too', async () => {
    const mine = await app.project('mine.example.com');
    const other = await app.project('other.example.com');
    const token = await app.makeToken(['projects:read'], [mine]);
    const stream = await open({ 'Last-Event-ID': '0' }, token);
    await tell('not for them', other);
    await tell('for nobody in particular');
    await tell('for them', mine);
    await expect.poll(() => messages(stream)).toEqual(['Project mine.example.com created', 'for them']);
    expect(stream.events.every(({ projectId }) => projectId === mine)).toBe(true);
    stream.close();
  });

  it('without a token receives nothing', async () => {
    expect((await app.call('GET', '/events', { token: null })).status).toBe(401);
  });

  it('receives nothing more once the token is revoked', async () => {
    const made = await app.asUser('POST', '/tokens', {
      body: { name: 'reader', scopes: ['projects:read'] },
    });
    const stream = await open({}, String(made.body.token));
    await tell('still allowed');
    await expect.poll(() => messages(stream)).toContain('still allowed');
    await app.call('DELETE', `/tokens/${made.body.id}`);
    await stream.ended;
    await tell('too late');
    expect(messages(stream)).not.toContain('too late');
  });

  it('that disconnects leaves no listener behind', async () => {
    const { journal } = app.app.engine;
    const original = journal.listen;
    let listening = 0;
    const counting = {
      listen(listener: Parameters<typeof original>[0]) {
        listening += 1;
        const end = original(listener);
        return () => {
          listening -= 1;
          end();
        };
      },
    };
    Object.assign(journal, counting);
    try {
      const streams = await Promise.all(Array.from({ length: 10 }, () => open()));
      await expect.poll(() => listening).toBe(10);
      for (const stream of streams.slice(0, 9)) stream.close();
      await expect.poll(() => listening).toBe(1);
      await tell('the last one still hears');
      await expect.poll(() => messages(streams[9] as Stream)).toEqual(['the last one still hears']);
      streams[9]?.close();
      await expect.poll(() => listening).toBe(0);
    } finally {
      Object.assign(journal, { listen: original });
    }
  });
});

it('does not keep the server from stopping', async () => {
  const other = await startApp();
  const response = await fetch(`${other.app.address}/api/v1/events`, {
    headers: { Authorization: `Bearer ${other.token}` },
  });
  const ended = response.text().catch(() => 'cut off');
  await other.stop(); // the client does not disconnect on its own
  await ended;
});
