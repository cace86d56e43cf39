// A certificate in use is revoked after its replacement was obtained, against a real Pebble behind a gate that can drop
// requests and answers.
import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AcmeGate, startAcmeGate } from '../../support/acme/gate.ts';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { withQuickTiming } from '../../support/engine/quick-time.ts';
import { problem } from '../../support/faults/network.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

const HTTP_01 = { challengeType: 'http-01', keyType: 'ec' };
const certificate = (id: string, rest = ''): string => `/projects/${id}/certificate${rest}`;

describeWith('pebble', 'revocation with a replacement', () => {
  let pebble: Pebble;
  let gate: AcmeGate;
  let app: TestApp;

  beforeAll(async () => {
    pebble = await startPebble();
    gate = await startAcmeGate(pebble);
    const directories = { production: gate.directoryUrl };
    app = await startApp({
      pebble,
      platform: {
        directories,
        acmeRoots: gate.rootPem,
        around: withQuickTiming,
      },
    });
  });
  afterEach(() => gate?.keep(null));
  afterAll(async () => {
    await app?.stop();
    await gate?.stop();
    await pebble?.stop();
  });

  const revoke = (id: string, body: object) => app.call('POST', certificate(id, '/revoke'), { body });
  const renew = (id: string) => app.call('POST', certificate(id, '/renew'));
  const versions = async (id: string) =>
    Object.values((await app.call('GET', certificate(id, '/versions'))).body.versions ?? {});
  async function leaf(id: string): Promise<X509Certificate> {
    const { text } = await app.call('GET', certificate(id, '/download?format=pem'));
    return new X509Certificate(text);
  }
  async function obtained(domain: string): Promise<{ id: string; leaf: X509Certificate }> {
    const id = await app.project(domain);
    const answer = await app.call('POST', certificate(id, '/obtain'), { body: HTTP_01 });
    expect(answer.status, answer.text).toBe(200);
    return { id, leaf: await leaf(id) };
  }
  const atCa = async ({ serialNumber }: X509Certificate) =>
    (await pebble.certificateStatus(serialNumber))?.status;
  const spki = ({ publicKey }: X509Certificate) =>
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({
      type: 'spki',
      format: 'pem',
    });
  const since = (from: number) => gate.requests.slice(from).map((path) => path.split('/')[1]);
  const ordersSince = (from: number) => since(from).filter((path) => path === 'order-plz').length;

  it('obtains the replacement with a new key, activates it, and revokes the previous version', async () => {
    const { id, leaf: old } = await obtained('leaked.example.com');
    const from = gate.requests.length;
    const answer = await revoke(id, { reason: 'keyCompromise', replace: true });
    expect(answer, answer.text).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: 'Certificate revoked',
        certificate: { domain: 'leaked.example.com', autoRenew: true },
      },
    });
    const fresh = await leaf(id);
    expect(await atCa(old)).toBe('Revoked');
    expect(await atCa(fresh)).toBe('Valid');
    expect(spki(fresh)).not.toBe(spki(old));
    const paths = since(from);
    expect(paths.indexOf('certZ')).toBeGreaterThan(paths.indexOf('finalize-order'));
    expect(paths.indexOf('revoke-cert')).toBeGreaterThan(paths.indexOf('certZ'));
    expect((await app.call('GET', certificate(id, '/status'))).body).toMatchObject({
      status: 'valid',
      autoRenew: true,
      lastRenewError: null,
    });
    expect(await versions(id)).toMatchObject([
      { state: 'active', revokedAt: null },
      { state: 'superseded', revocationReason: 'keyCompromise' },
    ]);
    const { jobs } = (await app.call('GET', `/jobs?project=${id}&limit=1`)).body;
    expect(jobs?.['0']).toMatchObject({ kind: 'revoke', replaces: true, state: 'succeeded' });
  });

  it('revokes nothing if the replacement fails, says so, and can skip it', async () => {
    const { id, leaf: old } = await obtained('refused.example.com');
    gate.keep((path) =>
      path.startsWith('/order-plz') ? Promise.resolve(problem(403, 'rejectedIdentifier')) : null,
    );
    const answer = await revoke(id, { reason: 'superseded', replace: true });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.error).toMatch(/Nothing was revoked, because the replacement failed/);
    expect([await atCa(old), (await leaf(id)).serialNumber]).toEqual(['Valid', old.serialNumber]);
    expect((await revoke(id, { reason: 'superseded' })).body).toEqual({
      success: true,
      message: 'Certificate revoked',
    });
    expect(await atCa(old)).toBe('Revoked');
  });

  it('names the version still to be revoked if the CA fails meanwhile, and revokes it later', async () => {
    const { id, leaf: old } = await obtained('halfway.example.com');
    gate.keep((path) => (path.startsWith('/revoke-cert') ? Promise.resolve('lost') : null));
    const answer = await revoke(id, { reason: 'keyCompromise', replace: true });
    expect(answer.status, answer.text).toBe(502);
    expect(answer.body.error).toMatch(/The replacement is active/);
    const versionId = String(answer.body.details?.versionId);
    const fresh = await leaf(id);
    expect([await atCa(old), await atCa(fresh)]).toEqual(['Valid', 'Valid']);
    expect(await versions(id)).toMatchObject([
      { revocationRetry: null },
      { id: versionId, revocationRetry: { reason: 'keyCompromise', failures: 1 } },
    ]);
    expect(fresh.serialNumber).not.toBe(old.serialNumber);
    // Replacing a version that is not active would be useless.
    expect(await revoke(id, { versionId, replace: true })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: { issues: [{ field: 'replace' }] } },
    });
    gate.keep(null);
    const later = await revoke(id, { reason: 'keyCompromise', versionId });
    expect(later.body).toEqual({ success: true, message: 'Certificate revoked' });
    expect([await atCa(old), await atCa(fresh)]).toEqual(['Revoked', 'Valid']);
    expect((await revoke(id, { versionId })).body.code).toBe('ALREADY_REVOKED');
    // The order of the failed job has led to its certificate: it is not resumed.
    const from = gate.requests.length;
    expect((await renew(id)).status).toBe(200);
    expect(ordersSince(from)).toBe(1);
    expect((await leaf(id)).serialNumber).not.toBe(fresh.serialNumber);
    expect((await app.call('GET', certificate(id, '/status'))).body.autoRenew).toBe(true);
  });

  it.each([
    ['superseded', 0],
    ['keyCompromise', 1],
  ])(
    '%s: creates %d more orders if one of a failed renewal is stored with its key',
    async (reason, orders) => {
      const { id, leaf: old } = await obtained(`kept-${orders}.example.com`);
      gate.keep((path) => (path.startsWith('/finalize-order') ? Promise.resolve('lost') : null));
      expect((await renew(id)).status).toBeGreaterThanOrEqual(500);
      gate.keep(null);
      const from = gate.requests.length;
      const answer = await revoke(id, { reason, replace: true });
      expect(answer.status, answer.text).toBe(200);
      expect(ordersSince(from)).toBe(orders);
      expect([await atCa(old), await atCa(await leaf(id))]).toEqual(['Revoked', 'Valid']);
    },
  );

  it('repeats a keyCompromise that the CA refuses for the certificate key with the account key', async () => {
    const { id, leaf: old } = await obtained('refused-key.example.com');
    let asked = 0;
    gate.keep((path) => {
      if (!path.startsWith('/revoke-cert')) return null;
      asked += 1;
      return asked === 1 ? Promise.resolve(problem(403, 'unauthorized')) : null;
    });
    expect((await revoke(id, { reason: 'keyCompromise' })).body.success).toBe(true);
    expect(asked).toBe(2);
    const { serialNumber } = old;
    expect(await pebble.certificateStatus(serialNumber)).toEqual({ status: 'Revoked', reason: 1 });
    gate.keep(null);
  });

  it('refuses a version of another project', async () => {
    const { id } = await obtained('mine.example.com');
    const other = await obtained('other.example.com');
    const [version] = await versions(id);
    const answer = await revoke(other.id, { versionId: version?.id });
    expect([answer.status, answer.body.code]).toEqual([404, 'CERTIFICATE_NOT_FOUND']);
  });
});
