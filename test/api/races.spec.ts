// Two concurrent requests on one project, and the same request twice: one of them wins, the other gets the reason, and
// the stored state matches the answers.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AcmeGate, startAcmeGate } from '../support/acme/gate.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type Answer, startApp, type TestApp } from '../support/server/app.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };
const certificate = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;
/** Requests by which an operation changes something at the CA: those after it wait for its answer. */
const CHANGES = new Set(['/order-plz', '/revoke-cert']);
const said = ({ status, body }: Answer): string => (status < 300 ? `${status}` : `${status} ${body.code}`);

describeWith('pebble', 'concurrent operations', () => {
  let pebble: Pebble;
  let gate: AcmeGate;
  let app: TestApp;
  let openssl: OpenSsl;
  let count = 0;

  beforeAll(async () => {
    pebble = await startPebble();
    openssl = await createOpenSsl();
    gate = await startAcmeGate(pebble);
    const directories = { production: gate.directoryUrl, staging: gate.directoryUrl };
    app = await startApp({ pebble, platform: { directories, acmeRoots: gate.rootPem } });
  });
  afterAll(async () => {
    await app?.stop();
    await gate?.stop();
    await Promise.all([pebble?.stop(), openssl?.remove()]);
  });
  afterEach(() => gate?.keep(null));

  /**
   * Holds the CA's answers to orders and revocations until `release`, so that a started operation stays in progress.
   */
  function holdCa(): { readonly held: () => number; release(): void } {
    const released = Promise.withResolvers<void>();
    let held = 0;
    gate.keep((path, pass) => {
      if (!CHANGES.has(path)) return null;
      held += 1;
      return released.promise.then(pass);
    });
    return {
      held: () => held,
      release() {
        gate.keep(null);
        released.resolve();
      },
    };
  }

  /** Sends them all at once. One reaches the CA, which does not answer before the others are refused. */
  async function sendAtOnce(...calls: readonly (() => Promise<Answer>)[]): Promise<readonly Answer[]> {
    const ca = holdCa();
    let answered = 0;
    const answers = calls.map((call) => call().finally(() => (answered += 1)));
    try {
      // If two reach the CA, one that should have been refused was not: the answers show it.
      await expect.poll(() => answered + ca.held()).toBeGreaterThanOrEqual(calls.length);
    } finally {
      ca.release();
    }
    return Promise.all(answers);
  }

  const newDomain = (): string => {
    count += 1;
    return `race${count}.example.com`;
  };
  const obtain = (id: string, headers: Readonly<Record<string, string>> = {}, token = app.token) =>
    app.call('POST', certificate(id, '/obtain'), { body: OBTAIN, headers, token });
  const obtained = async (): Promise<string> => {
    const id = await app.project(newDomain());
    expect((await obtain(id)).status).toBe(200);
    return id;
  };
  const jobsOf = async (id: string) =>
    Object.values((await app.call('GET', `/jobs?project=${id}`)).body.jobs ?? {});
  const upload = async (id: string, domain: string) => {
    const ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
    const pair = await openssl.issue({
      ca,
      subject: '/CN=x',
      san: [`DNS:${domain}`],
      days: 90,
      key: 'rsa-2048',
    });
    const body = { certificate: pair.certificate, privateKey: pair.privateKey };
    return () => app.call('POST', certificate(id, '/upload'), { body });
  };

  describe('while a certificate is obtained', () => {
    it('refuses every other change, names the job, and the job ends normally', async () => {
      const domain = newDomain();
      const id = await app.project(domain);
      const send = await upload(id, domain);
      const ca = holdCa();
      const { body } = await obtain(id, { Prefer: 'respond-async' });
      const job = String(body.job?.id);
      const remove = app.call('DELETE', `/projects/${id}`);
      const refused = await Promise.all([send(), obtain(id), remove]);
      for (const answer of refused) {
        expect(said(answer)).toBe('409 OPERATION_IN_PROGRESS');
        expect(answer.body.details?.jobId).toBe(job);
      }
      ca.release();
      const state = async () => (await app.call('GET', `/jobs/${job}`)).body.state;
      await expect.poll(state).toBe('succeeded');
      expect((await app.call('GET', certificate(id))).body).toMatchObject({ domain, type: 'letsencrypt' });
      expect(await jobsOf(id)).toHaveLength(1);
    });

    it('renames the project, and the certificate is for the domain that was requested', async () => {
      const domain = newDomain();
      const id = await app.project(domain);
      const [answer, renamed] = await Promise.all([
        obtain(id),
        app.call('PATCH', `/projects/${id}`, { body: { name: 'Another name' } }),
      ]);
      expect([answer.status, renamed.status]).toEqual([200, 200]);
      expect(answer.body.certificate?.domain).toBe(domain);
      expect((await app.call('GET', `/projects/${id}`)).body.name).toBe('Another name');
    });

    it('treats a dry run like any other operation', async () => {
      const id = await app.project(newDomain());
      const dryRun = () =>
        app.call('POST', certificate(id, '/obtain'), { body: { ...OBTAIN, dryRun: true } });
      const answers = await sendAtOnce(dryRun, dryRun);
      expect(answers.map(said).toSorted()).toEqual(['200', '409 OPERATION_IN_PROGRESS']);
    });
  });

  describe('revoke', () => {
    it('twice: one succeeds, and the other gets the reason', async () => {
      for (let n = 0; n < 5; n += 1) {
        const id = await obtained();
        const revoke = () => app.call('POST', certificate(id, '/revoke'));
        const [first, second] = (await Promise.all([revoke(), revoke()])).toSorted(
          (a, b) => a.status - b.status,
        );
        expect(first?.status).toBe(200);
        expect(second?.body.code).toMatch(/^(OPERATION_IN_PROGRESS|ALREADY_REVOKED)$/);
        expect(second?.status).toBe(409);
        expect(said(await revoke())).toBe('409 ALREADY_REVOKED');
      }
    });

    it('and renew: one is refused, and the result of the other stands', async () => {
      const id = await obtained();
      const answers = await sendAtOnce(
        () => app.call('POST', certificate(id, '/revoke')),
        () => app.call('POST', certificate(id, '/renew')),
      );
      expect(answers.map(said).toSorted()).toEqual(['200', '409 OPERATION_IN_PROGRESS']);
      const { status } = (await app.call('GET', certificate(id, '/status'))).body;
      expect(status).toBe(answers[0]?.status === 200 ? 'revoked' : 'valid');
    });

    it('and remove: no certificate remains, or the removal is refused as busy', async () => {
      const id = await obtained();
      const [revoked, removed] = await Promise.all([
        app.call('POST', certificate(id, '/revoke')),
        app.call('DELETE', certificate(id)),
      ]);
      const gone = (await app.call('GET', certificate(id))).text === 'null';
      expect(gone).toBe(removed.status === 200);
      expect(['200', '404 CERTIFICATE_NOT_FOUND']).toContain(said(revoked));
    });
  });

  it('answers not found to the second of two removals', async () => {
    const id = await obtained();
    const remove = () => app.call('DELETE', certificate(id));
    expect((await Promise.all([remove(), remove()])).map(said).toSorted()).toEqual([
      '200',
      '404 CERTIFICATE_NOT_FOUND',
    ]);
  });

  describe('the same Idempotency-Key', () => {
    it('five times at once creates one job and answers five times', async () => {
      const id = await app.project(newDomain());
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => obtain(id, { 'Idempotency-Key': 'five' })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await jobsOf(id)).toHaveLength(1);
    });

    it('from two tokens counts as two keys', async () => {
      const id = await app.project(newDomain());
      const token = await app.makeToken(['projects:write']);
      expect((await obtain(id, { 'Idempotency-Key': 'shared' })).status).toBe(200);
      expect((await obtain(id, { 'Idempotency-Key': 'shared' }, token)).status).toBe(200);
      expect(await jobsOf(id)).toHaveLength(2);
    });

    it('for another project, operation or body is refused', async () => {
      const [id, other] = [await app.project(newDomain()), await app.project(newDomain())];
      const headers = { 'Idempotency-Key': 'reused' };
      expect((await obtain(id, headers)).status).toBe(200);
      const wrong = [
        await obtain(other, headers),
        await app.call('POST', certificate(id, '/renew'), { headers }),
        await app.call('POST', certificate(id, '/obtain'), { body: { ...OBTAIN, keySize: 384 }, headers }),
      ];
      expect(wrong.map(said)).toEqual(Array(3).fill('409 IDEMPOTENCY_KEY_REUSED'));
      expect(await jobsOf(other)).toEqual([]);
    });

    it('repeats the failure, and the success of a revocation that cannot be repeated', async () => {
      const lonely = await startApp({ platform: { directories: { production: 'https://127.0.0.1:1/dir' } } });
      try {
        const failing = await lonely.project('down.example.com');
        const headers = { 'Idempotency-Key': 'down' };
        const call = () => lonely.call('POST', certificate(failing, '/obtain'), { body: OBTAIN, headers });
        const [first, second] = [await call(), await call()];
        expect(said(first)).toBe('502 ACME_UNAVAILABLE');
        expect(second.text).toBe(first.text);
      } finally {
        await lonely.stop();
      }
      const id = await obtained();
      const revoke = (key: string) =>
        app.call('POST', certificate(id, '/revoke'), { headers: { 'Idempotency-Key': key } });
      expect([await revoke('r'), await revoke('r'), await revoke('s')].map(said)).toEqual([
        '200',
        '200',
        '409 ALREADY_REVOKED',
      ]);
    });

    it('is known after a restart', async () => {
      const directories = { production: 'https://127.0.0.1:1/dir' };
      const again = await startApp({ platform: { directories } });
      const headers = { 'Idempotency-Key': 'before' };
      const id = await again.project('restart.example.com');
      const call = (to: TestApp) =>
        to.call('POST', certificate(id, '/obtain'), { body: OBTAIN, headers, token: again.token });
      const before = await call(again);
      await again.close();
      const after = await startApp({ dataFolder: again.dataFolder, platform: { directories } });
      try {
        const repeated = await call(after);
        expect(repeated.text).toBe(before.text);
        const jobs = (await after.call('GET', `/jobs?project=${id}`)).body.jobs ?? {};
        expect(Object.values(jobs)).toHaveLength(1);
      } finally {
        await after.stop();
      }
    });
  });
});
