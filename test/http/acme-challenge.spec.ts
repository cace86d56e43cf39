// The http-01 listener on a real socket: what it returns to whom, how often, and why it cannot be opened.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChallengeListener, openChallengeListener } from '../../src/main/http/acme-challenge.ts';
import { listenError } from '../../src/main/http/listen.ts';

const TOKEN = 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA';
const AT = { host: '127.0.0.1', port: 0, what: 'The HTTP-01 challenge listener', option: '--challenge-port' };
let listener: ChallengeListener;

beforeAll(async () => {
  listener = await openChallengeListener(AT, (token) => (token === TOKEN ? `${token}.thumbprint` : null));
});
afterAll(() => listener?.close());

/** Sent unchanged: no URL parser normalizes the path. */
function ask(path: string, method = 'GET') {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const { port } = listener;
      const headers = { Host: 'shop.example.com' };
      request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => {
          body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
      })
        .on('error', reject)
        .end();
    },
  );
}
const WELL_KNOWN = '/.well-known/acme-challenge';

describe('the listener', () => {
  it('returns a token to any caller, ten at once from several addresses, and keeps no connection open', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(`${WELL_KNOWN}/${TOKEN}`)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set([`200 ${TOKEN}.thumbprint`]),
    );
    expect(answers[0]?.headers).toMatchObject({
      'content-type': expect.stringContaining('text/plain'),
      connection: 'close',
    });
    expect(await ask(`${WELL_KNOWN}/${TOKEN}`, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it.each([
    `${WELL_KNOWN}/unknown`,
    `${WELL_KNOWN}/`,
    `${WELL_KNOWN}`,
    `${WELL_KNOWN}/../../etc/passwd`,
    `${WELL_KNOWN}/..%2f..%2fetc%2fpasswd`,
    `${WELL_KNOWN}/${TOKEN}/`,
    `${WELL_KNOWN}/${TOKEN}%00`,
    `${WELL_KNOWN}/./${TOKEN}`,
    `//.well-known/acme-challenge/${TOKEN}`,
    `/.WELL-KNOWN/acme-challenge/${TOKEN}`,
    `${WELL_KNOWN}/__proto__`,
    `${WELL_KNOWN}/${'a'.repeat(600)}`,
    '/api/v1/projects',
    '/',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).not.toContain('thumbprint');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('returns nothing to %s', async (method) => {
    expect((await ask(`${WELL_KNOWN}/${TOKEN}`, method)).status).toBe(404);
  });

  it('says that its port is in use, and what to do', async () => {
    const taken = openChallengeListener({ ...AT, port: listener.port }, () => null);
    await expect(taken).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringMatching(/another program uses that port.*--challenge-port/),
    });
  });

  it('says that this user may not open the port, and what allows it, in another message than a port in use', () => {
    const denied = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    expect(listenError(denied, { ...AT, port: 80 }).message).toMatch(/may not open ports below 1024.*setcap/);
  });

  it('answers over IPv6 if it listens on all addresses', async () => {
    const all = await openChallengeListener({ ...AT, host: '::' }, () => 'six');
    try {
      for (const host of ['[::1]', '127.0.0.1']) {
        const answer = await fetch(`http://${host}:${all.port}${WELL_KNOWN}/${TOKEN}`);
        expect(await answer.text()).toBe('six');
      }
    } finally {
      await all.close();
    }
  });
});
