// The ACME client and a CA that is unreachable, hangs, breaks connections or fails.
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { createAcmeClient } from '../../../src/main/engine/acme/client.ts';
import { fakeDirectory } from '../../support/acme/fake-ca.ts';
import { makeKey } from '../../support/acme/issue.ts';
import { ACME, failure, HTML, setUpAcmeRig } from '../../support/acme/rig.ts';
import { makeFolder, makeTls } from '../../support/acme/tls.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { portOf, unusedPort } from '../../support/tools/ports.ts';

const rig = setUpAcmeRig();

describe('an unreachable CA', () => {
  it('that refuses the connection is named in the error', async () => {
    const url = `http://127.0.0.1:${await unusedPort()}/directory`;
    const error = await failure(rig.open({ directoryUrl: url }).directory());
    expect(error).toMatchObject({ code: 'ACME_UNAVAILABLE', details: { url, reason: 'ECONNREFUSED' } });
    expect(error.message).toContain('refuses the connection');
  });

  it('that breaks the connection is not sent a second order, because it may have received the first', async () => {
    rig.ca.on('/new-order', (_request, response) => void response.destroy());
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error.code).toBe('ACME_UNAVAILABLE');
    expect(rig.ca.to('/new-order')).toHaveLength(1);
  });

  it('that breaks the connection once is sent reads again, newly signed', async () => {
    let broken = false;
    rig.ca.on('/order/1', (_request, response) => {
      if (broken) return { body: rig.order() };
      broken = true;
      response.destroy();
      return undefined;
    });
    expect((await rig.open().getOrder(`${rig.ca.url}/order/1`)).status).toBe('pending');
    expect(new Set(rig.nonces('/order/1')).size).toBe(2);
  });

  it('that is not trusted causes an error that names the solution, and trusting its root solves it', async () => {
    const folder = await makeFolder('untrusted');
    const { cert, key, rootPem } = await makeTls(folder.path);
    const server = createHttpsServer({ cert, key }, (_request, response) => {
      response.end(JSON.stringify(fakeDirectory('https://ca.example')));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${portOf(server)}/directory`;
    const trusting = createAcmeClient({
      addressPolicy: LOOPBACK_POLICY,
      requestTimeoutMs: 20_000,
      userAgent: 'x',
      trustedRoots: rootPem,
    });
    const { signal } = new AbortController();
    try {
      const error = await failure(rig.open({ directoryUrl: url }).directory());
      expect(error.code).toBe('ACME_UNAVAILABLE');
      expect(error.message).toContain('--acme-ca-file');
      const session = trusting.session({
        directoryUrl: url,
        accountKey: makeKey(),
        accountUrl: null,
        signal,
      });
      expect((await session.directory()).newOrder).toBe('https://ca.example/new-order');
    } finally {
      await trusting.close();
      server.closeAllConnections();
      server.close();
      await folder.remove();
    }
  });

  it('with invalid trusted roots is reported', () => {
    const make = () =>
      createAcmeClient({
        addressPolicy: LOOPBACK_POLICY,
        requestTimeoutMs: 1,
        userAgent: 'x',
        trustedRoots: 'not a certificate',
      });
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});

describe('a CA that takes too long', () => {
  const hasty = setUpAcmeRig(150);

  it('and hangs: every request times out', async () => {
    hasty.ca.on('/new-order', () => undefined);
    const error = await failure(hasty.open().createOrder({ names: ['example.com'] }));
    expect(error.code).toBe('ACME_TIMEOUT');
  });

  it('and drips its answer: every request times out', async () => {
    hasty.ca.on('/order/1', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return undefined;
    });
    expect((await failure(hasty.open().getOrder(`${hasty.ca.url}/order/1`))).code).toBe('ACME_TIMEOUT');
  });
});

describe('an abort', () => {
  it('ends a hanging request with the reason given', async () => {
    const aborter = new AbortController();
    const reason = new Error('the job is cancelled');
    rig.ca.on('/new-order', () => {
      aborter.abort(reason);
      return undefined;
    });
    await expect(rig.open({ signal: aborter.signal }).createOrder({ names: ['example.com'] })).rejects.toBe(
      reason,
    );
  });

  it('by some callers leaves the directory to the others', async () => {
    const aborter = new AbortController();
    const reason = new Error('the job is cancelled');
    rig.ca.on('/directory', async () => {
      aborter.abort(reason);
      return { body: fakeDirectory(rig.ca.url) };
    });
    const outcomes = await Promise.allSettled([
      rig.open({ signal: aborter.signal }).directory(),
      rig.open().directory(),
      rig.open({ signal: aborter.signal }).directory(),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(outcomes[0]).toEqual({ status: 'rejected', reason });
    expect(rig.ca.to('/directory')).toHaveLength(1);
  });

  it('before the request sends nothing', async () => {
    const reason = new Error('the job is cancelled');
    await expect(
      rig.open({ signal: AbortSignal.abort(reason) }).getOrder(`${rig.ca.url}/order/1`),
    ).rejects.toBe(reason);
    expect(rig.ca.requests).toEqual([]);
  });

  it('reaches all hanging requests when the client is closed', async () => {
    rig.ca.on('/new-order', () => {
      void rig.client.close();
      return undefined;
    });
    expect((await failure(rig.open().createOrder({ names: ['example.com'] }))).code).toBe('ACME_UNAVAILABLE');
  });
});

describe('a CA that fails', () => {
  it('with a page of HTML: reads are tried three times, each with a new nonce', async () => {
    rig.answerInTurn('/order/1', [{ status: 503, body: HTML }]);
    const error = await failure(rig.open().getOrder(`${rig.ca.url}/order/1`));
    expect(error).toMatchObject({ code: 'ACME_UNAVAILABLE', details: { status: 503, body: HTML } });
    expect(rig.nonces('/order/1')).toHaveLength(3);
    expect(new Set(rig.nonces('/order/1')).size).toBe(3);
  });

  it('at first: reads succeed', async () => {
    rig.answerInTurn('/order/1', [{ status: 502, body: HTML }, { body: rig.order({ status: 'ready' }) }]);
    expect((await rig.open().getOrder(`${rig.ca.url}/order/1`)).status).toBe('ready');
  });

  it('on an order: the order is sent once', async () => {
    rig.answerInTurn('/new-order', [
      { status: 500, body: { type: `${ACME}serverInternal`, detail: 'Oops' } },
    ]);
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error).toMatchObject({ code: 'ACME_UNAVAILABLE', details: { problem: { detail: 'Oops' } } });
    expect(rig.ca.to('/new-order')).toHaveLength(1);
  });

  it('for longer than a few seconds: no request is sent until Retry-After has passed', async () => {
    rig.answerInTurn('/order/1', [{ status: 503, headers: { 'retry-after': '120' }, body: HTML }]);
    const error = await failure(rig.open().getOrder(`${rig.ca.url}/order/1`));
    expect(error).toMatchObject({ code: 'ACME_UNAVAILABLE', details: { retryAfter: 120 } });
    expect(rig.ca.to('/order/1')).toHaveLength(1);
  });

  it('for longer than a few seconds: other clients of that address wait as well', async () => {
    rig.answerInTurn('/new-order', [{ status: 503, headers: { 'retry-after': '120' }, body: HTML }]);
    await failure(rig.open().createOrder({ names: ['example.com'] }));
    const error = await failure(rig.open().createOrder({ names: ['example.org'] }));
    expect(error).toMatchObject({ code: 'ACME_UNAVAILABLE', details: { retryAfter: 120, body: HTML } });
    expect(rig.ca.to('/new-order')).toHaveLength(1);
  });

  it('for one second with Retry-After: reads succeed afterwards', async () => {
    rig.answerInTurn('/order/1', [
      { status: 503, headers: { 'retry-after': '1' }, body: HTML },
      { body: rig.order() },
    ]);
    expect((await rig.open().getOrder(`${rig.ca.url}/order/1`)).status).toBe('pending');
    expect(rig.ca.to('/order/1')).toHaveLength(2);
  });

  it('to return a nonce: the nonce is requested again, even before an order', async () => {
    rig.answerInTurn('/new-nonce', [{ status: 500 }, {}]);
    rig.answerInTurn('/new-order', [
      { status: 201, headers: { location: `${rig.ca.url}/order/1` }, body: rig.order() },
    ]);
    expect((await rig.open().createOrder({ names: ['example.com'] })).url).toBe(`${rig.ca.url}/order/1`);
  });
});
