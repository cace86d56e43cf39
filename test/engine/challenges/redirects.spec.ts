// Another web server owns port 80 and redirects the CA to Certdesk, as is common: to another port, to another name, in
// a chain; and incorrectly, in a loop or to its own page.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

describeWith('pebble', 'http-01 behind a redirect', () => {
  let pebble: Pebble;
  let app: TestApp;
  let front: Server;
  let challengePort: number;
  /** The CA's requests to the web server: `host path`. */
  const asked: string[] = [];

  /** By the name to be validated. */
  function locationFor(host: string, path: string): string {
    const there = `http://${host}:${challengePort}${path}`;
    if (host.startsWith('port.')) return there;
    if (host.startsWith('name.')) return `http://acme.elsewhere.example.org:${challengePort}${path}`;
    if (host.startsWith('chain.'))
      return path.startsWith('/1') ? there.replace('/1/', '/') : `http://${host}:${pebble.httpPort}/1${path}`;
    if (host.startsWith('circle.')) return `http://${host}:${pebble.httpPort}${path}`;
    return `http://${host}:${challengePort}/welcome`;
  }

  beforeAll(async () => {
    pebble = await startPebble();
    app = await startApp({ pebble, platform: { challenge: { host: '127.0.0.1', port: 0, required: true } } });
    challengePort = app.app.challengePort ?? 0;
    front = createServer((request, reply) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      const path = request.url ?? '';
      asked.push(`${host} ${path}`);
      reply.writeHead(302, { location: locationFor(host, path) }).end();
    });
    await new Promise<void>((resolve) => void front.listen(pebble.httpPort, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    front?.close();
    await app?.stop();
    await pebble?.stop();
  });

  async function obtain(domain: string) {
    const id = await app.project(domain);
    const body = { challengeType: 'http-01', keyType: 'ec' };
    return app.call('POST', `/projects/${id}/certificate/obtain`, { body });
  }

  it.each(['port', 'name', 'chain'])('succeeds with another %s', async (way) => {
    const domain = `${way}.example.com`;
    const answer = await obtain(domain);
    expect(answer.status, answer.text).toBe(200);
    // The CA has used the web server, not bypassed it.
    expect(asked.filter((each) => each.startsWith(`${domain} /.well-known/acme-challenge/`))).not.toEqual([]);
  });

  it.each([
    ['circle', /redirect/i],
    ['welcome', /404|invalid status|unauthorized/i],
  ])('fails with the reason of the CA: %s', async (way, why) => {
    const answer = await obtain(`${way}.example.com`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'CHALLENGE_FAILED' } });
    expect(JSON.stringify(answer.body.details)).toMatch(why);
  });
});
