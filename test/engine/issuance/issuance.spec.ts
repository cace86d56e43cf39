// Issuance through the API against a real Pebble: faults of CA and network.
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAcmeGate } from '../../support/acme/gate.ts';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { callApi, startApp, type TestApp } from '../../support/server/app.ts';
import { holdPorts, TCP, unusedPort } from '../../support/tools/ports.ts';
import { describeWith } from '../../support/tools/tools.ts';

const HTTP_01 = { challengeType: 'http-01', keyType: 'ec' };
const certificate = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;

describeWith('pebble', 'issuance', () => {
  let pebble: Pebble;
  let app: TestApp;

  beforeAll(async () => {
    pebble = await startPebble();
    app = await startApp({ pebble });
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  const obtain = (id: string, body: object = HTTP_01) =>
    app.call('POST', certificate(id, '/obtain'), { body });

  it('puts the names of the project and those of the request into one certificate', async () => {
    const id = await app.project('multi.example.com', ['www.multi.example.com']);
    const { body } = await obtain(id);
    expect(body.certificate?.names).toEqual(
      expect.arrayContaining(['multi.example.com', 'www.multi.example.com']),
    );
    const other = await app.project('multi2.example.com', ['ignored.example.com']);
    const given = await obtain(other, {
      ...HTTP_01,
      altNames: ['WWW.multi2.example.com', 'bücher.example.com'],
    });
    expect(
      Object.values(given.body.certificate?.names ?? {})
        .map(String)
        .sort(),
    ).toEqual(['multi2.example.com', 'www.multi2.example.com', 'xn--bcher-kva.example.com']);
  });

  it('refuses a wildcard by http-01 before it starts', async () => {
    const id = await app.project('wild.example.com', ['*.wild.example.com']);
    const before = pebble.requests().length;
    expect(await obtain(id)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: { issues: [{ field: 'challengeType' }] } },
    });
    expect(pebble.requests().length).toBe(before);
  });

  it('reports what the CA found if another server answers on port 80', async () => {
    const wrong = await startPebble();
    const liar = createHttpServer((_, reply) => void reply.end('not the key authorization'));
    await new Promise<void>((resolve) => void liar.listen(wrong.httpPort, '127.0.0.1', resolve));
    const other = await startApp({
      pebble: wrong,
      platform: { challenge: { host: '127.0.0.1', port: 0, required: true } },
    });
    try {
      const id = await other.project('lied.example.com');
      const answer = await other.call('POST', certificate(id, '/obtain'), { body: HTTP_01 });
      expect(answer).toMatchObject({
        status: 400,
        body: {
          error: 'HTTP-01 challenge failed: Could not verify domain ownership',
          code: 'CHALLENGE_FAILED',
        },
      });
      expect(answer.body.details?.problem).toMatchObject({ type: 'urn:ietf:params:acme:error:unauthorized' });
      expect(JSON.stringify(answer.body.details)).toContain('Forward /.well-known/acme-challenge/');
    } finally {
      await other.stop();
      liar.close();
      await wrong.stop();
    }
  });

  it('reports that nothing listens on port 80', async () => {
    const lonely = await startPebble();
    const other = await startApp({
      pebble: lonely,
      platform: { challenge: { host: '127.0.0.1', port: 0, required: true } },
    });
    try {
      const id = await other.project('closed.example.com');
      const answer = await other.call('POST', certificate(id, '/obtain'), { body: HTTP_01 });
      expect(answer).toMatchObject({ status: 400, body: { code: 'CHALLENGE_FAILED' } });
      expect(answer.body.details?.problem).toMatchObject({ type: 'urn:ietf:params:acme:error:connection' });
      const { body } = await other.call('GET', `/jobs?project=${id}`);
      expect(body.jobs?.['0']).toMatchObject({ state: 'failed', error: { code: 'CHALLENGE_FAILED' } });
    } finally {
      await other.stop();
      await lonely.stop();
    }
  });

  it.each([5, 50])('succeeds if the CA rejects %s percent of good nonces', async (nonceReject) => {
    const picky = await startPebble({ nonceReject });
    const other = await startApp({ pebble: picky });
    try {
      for (const n of [1, 2, 3]) {
        const id = await other.project(`nonce${n}.example.com`);
        const answer = await other.call('POST', certificate(id, '/obtain'), { body: HTTP_01 });
        expect(answer.status, answer.text).toBe(200);
      }
    } finally {
      await other.stop();
      await picky.stop();
    }
  });

  it('binds the account to an external one, requests the binding if missing, and stores its key nowhere', async () => {
    const hmacKey = Buffer.from('an HMAC key of the customer area, 32+ octets').toString('base64url');
    const bound = await startPebble({ eabKeys: { 'kid-1': hmacKey } });
    const other = await startApp({ pebble: bound });
    try {
      const id = await other.project('eab.example.com');
      const path = certificate(id, '/obtain');
      expect(await other.call('POST', path, { body: HTTP_01 })).toMatchObject({
        status: 400,
        body: { code: 'ACME_EAB_REQUIRED' },
      });
      const wrong = { kid: 'kid-1', hmacKey: Buffer.alloc(32, 7).toString('base64url') };
      expect((await other.call('POST', path, { body: { ...HTTP_01, eab: wrong } })).body.code).toBe(
        'ACME_REJECTED',
      );
      const right = await other.call('POST', path, { body: { ...HTTP_01, eab: { kid: 'kid-1', hmacKey } } });
      expect(right.status, right.text).toBe(200);
      // The account exists by now: a renewal needs no key.
      expect((await other.call('POST', certificate(id, '/renew'))).status).toBe(200);
      expect(other.log.join('')).not.toContain(hmacKey);
    } finally {
      await other.stop();
      await bound.stop();
    }
  });

  it.each([
    ['superseded', 4],
    ['keyCompromise', 1],
  ])('revokes with the reason %s, which the CA records', async (reason, code) => {
    const id = await app.project(`revoked-${code}.example.com`);
    await obtain(id);
    const { serial } = (await app.call('GET', certificate(id))).body;
    const answer = await app.call('POST', certificate(id, '/revoke'), { body: { reason } });
    expect(answer.status, answer.text).toBe(200);
    expect(await pebble.certificateStatus(String(serial))).toEqual({ status: 'Revoked', reason: code });
    expect((await app.call('GET', certificate(id, '/status'))).body).toMatchObject({
      status: 'revoked',
      autoRenew: false,
    });
  });

  it('accepts one of two requests for one project, and refers the other to its job', async () => {
    const id = await app.project('twice.example.com');
    const answers = await Promise.all([obtain(id), obtain(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ success: false, code: 'OPERATION_IN_PROGRESS' });
    const job = await app.call('GET', `/jobs/${refused?.body.details?.jobId}`);
    expect(job.body).toMatchObject({ projectId: id, kind: 'obtain' });
  });

  it('issues for 20 projects at once, each with its own certificate and key, from one account', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => app.project(`side${n}.example.com`)));
    const before = pebble.requests().filter((request) => request.includes('sign-me-up')).length;
    const answers = await Promise.all(ids.map((id) => obtain(id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const all = await Promise.all(ids.map((id) => app.call('GET', certificate(id))));
    expect(all.map(({ body }) => body.domain)).toEqual(ids.map((_, n) => `side${n}.example.com`));
    expect(new Set(all.map(({ body }) => body.fingerprint)).size).toBe(20);
    expect(pebble.requests().filter((request) => request.includes('sign-me-up')).length).toBe(before);
  });

  it('continues when the client disconnects', async () => {
    const own = await startPebble();
    const gate = await startAcmeGate(own);
    const directories = { production: gate.directoryUrl };
    const other = await startApp({ pebble: own, platform: { directories, acmeRoots: gate.rootPem } });
    try {
      const id = await other.project('hangup.example.com');
      const controller = new AbortController();
      const hungUp = Promise.withResolvers<void>();
      gate.keep((path, pass) => {
        if (!path.startsWith('/finalize-order')) return null;
        controller.abort();
        return hungUp.promise.then(pass);
      });
      const lost = other.call('POST', certificate(id, '/obtain'), {
        body: HTTP_01,
        signal: controller.signal,
      });
      await expect(lost).rejects.toThrow();
      hungUp.resolve();
      await expect.poll(async () => (await other.call('GET', certificate(id))).text).not.toBe('null');
    } finally {
      await other.stop();
      await gate.stop();
      await own.stop();
    }
  });

  it('answers at once if preferred, and the same for the same Idempotency-Key', async () => {
    const id = await app.project('async.example.com');
    const headers = { Prefer: 'respond-async', 'Idempotency-Key': 'once' };
    const path = certificate(id, '/obtain');
    const first = await app.call('POST', path, { body: HTTP_01, headers });
    expect(first).toMatchObject({ status: 202, body: { success: true, job: { state: 'queued' } } });
    const job = String(first.body.job?.id);
    expect(first.headers.get('location')).toBe(`/api/v1/jobs/${job}`);
    const again = await app.call('POST', path, { body: HTTP_01, headers: { 'Idempotency-Key': 'once' } });
    expect(again).toMatchObject({
      status: 200,
      body: { success: true, certificate: { domain: 'async.example.com' } },
    });
    const { body } = await app.call('GET', `/jobs/${job}`);
    expect(body).toMatchObject({ state: 'succeeded', kind: 'obtain' });
    const steps = (body.steps as unknown as { data: { step?: string } | null }[]).map(
      ({ data }) => data?.step,
    );
    expect(steps.filter((step) => step !== undefined)).toEqual([
      'account',
      'order',
      'authorization',
      'challenge',
      'validation',
      'finalize',
      'certificate',
    ]);
    const other = await app.call('POST', path, {
      body: { ...HTTP_01, keySize: 384 },
      headers: { 'Idempotency-Key': 'once' },
    });
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    const jobs = await app.call('GET', `/jobs?project=${id}`);
    expect(jobs.body.jobs).toHaveLength(1);
  });

  it('registers again if the CA no longer knows the account', async () => {
    const { ports, release } = await holdPorts([TCP, TCP]);
    const [port = 0, httpPort = 0] = ports;
    const first = await startPebble({ port, httpPort });
    const before = await startApp({ pebble: first });
    const id = await before.project('reset.example.com');
    expect((await before.call('POST', certificate(id, '/obtain'), { body: HTTP_01 })).status).toBe(200);
    await before.close();
    await first.stop();
    const second = await startPebble({ port, httpPort });
    const after = await startApp({ pebble: second, dataFolder: before.dataFolder });
    try {
      const answer = await after.call('POST', certificate(id, '/renew'));
      expect(answer.status, answer.text).toBe(200);
      const { body } = await after.call('GET', `/jobs?project=${id}`);
      const job = await after.call('GET', `/jobs/${body.jobs?.['0']?.id}`);
      expect(job.text).toContain('Registered again');
    } finally {
      await after.stop();
      await second.stop();
      release();
    }
  });

  it('answers 502 if the CA is unreachable, and changes nothing', async () => {
    const directories = { production: `https://127.0.0.1:${await unusedPort()}/dir` };
    const other = await startApp({ platform: { directories } });
    try {
      const id = await other.project('down.example.com');
      const answer = await other.call('POST', certificate(id, '/obtain'), { body: HTTP_01 });
      expect(answer).toMatchObject({ status: 502, body: { success: false, code: 'ACME_UNAVAILABLE' } });
      expect(answer.body.error).toMatch(/127\.0\.0\.1/);
      expect((await other.call('GET', certificate(id))).text).toBe('null');
    } finally {
      await other.stop();
    }
  });

  it('answers 504 with the job if the CA hangs, and the job continues', async () => {
    const sockets = new Set<Socket>();
    const hanging = createTcpServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => void hanging.listen(0, '127.0.0.1', resolve));
    const { port } = hanging.address() as { port: number };
    const limits = { acmeRequestMs: 600_000, answerWithinMs: 1_000 };
    const directories = { production: `https://127.0.0.1:${port}/dir` };
    const other = await startApp({ limits, platform: { directories } });
    try {
      const id = await other.project('hang.example.com');
      const answer = await other.call('POST', certificate(id, '/obtain'), { body: HTTP_01 });
      expect(answer).toMatchObject({ status: 504, body: { success: false, code: 'ACME_TIMEOUT' } });
      const job = await other.call('GET', `/jobs/${answer.body.details?.jobId}`);
      expect(job.body).toMatchObject({ state: 'running', projectId: id });
    } finally {
      await other.stop();
      for (const socket of sockets) socket.destroy();
      hanging.close();
    }
  });

  it('answers the challenge on the API listener for any Host, and nothing else there without a token', async () => {
    const url = new URL(app.app.address);
    const answer = await callApi(`${url.origin}/.well-known/acme-challenge/unknown`, 'GET', {
      headers: { Host: 'x.example' },
    });
    expect(answer).toMatchObject({ status: 404, text: 'Not found\n' });
    expect((await callApi(`${url.origin}/.well-known/acme-challenge/..%2f..%2fetc`, 'GET', {})).status).toBe(
      404,
    );
  });
});
