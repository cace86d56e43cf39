// Endpoints of the built server: a service on three addresses is renewed, broken and repaired, and the server killed in
// between. What Certdesk says is compared with what `openssl s_client` is given at the same address.
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type NameServer, startNameServer } from '../support/dns/name-server.ts';
import { createTestPki, NAME, type TestPki } from '../support/endpoints/chains.ts';
import { seenByOpenSsl, startTlsService, type TlsService } from '../support/endpoints/tls-service.ts';
import type { Json } from '../support/server/app.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;

describeWith('openssl', 'endpoints', () => {
  let folder: string;
  let openssl: OpenSsl;
  let pki: TestPki;
  let old: readonly CertifiedKey[];
  let current: readonly CertifiedKey[];
  let service: TlsService;
  let dns: NameServer;
  let server: Server | null = null;
  let token: string;
  let projectId: string;
  let endpointId: string;

  const data = () => join(folder, 'data');
  const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
    if (server === null) throw new Error('the server runs');
    const answer = await server.call(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.body;
  };
  const start = async (): Promise<void> => {
    server = await startServer({ dataFolder: data(), args: ['--dns-resolver', dns.server] });
  };
  const killAndStart = async (): Promise<void> => {
    await server?.stop('SIGKILL');
    await start();
  };
  const upload = (chain: readonly CertifiedKey[]) =>
    call('POST', `/projects/${projectId}/certificate/upload`, {
      certificate: chain.map(({ certificate }) => certificate).join(''),
      privateKey: chain[0]?.privateKey,
    });
  const served = async () => (await call('GET', `/projects/${projectId}/certificate/status`)).served?.state;
  const check = () => call('POST', `/endpoints/${endpointId}/check`, {});
  const fingerprint = ([leaf]: readonly CertifiedKey[]) =>
    new X509Certificate(leaf?.certificate ?? '').fingerprint256.replaceAll(':', '');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-endpoints-'));
    expect(await ensureBuilt()).toBeNull();
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    old = [await pki.issueLeaf(), pki.lower, pki.upper];
    current = [await pki.issueLeaf(), pki.lower, pki.upper];
    service = await startTlsService(ADDRESSES);
    for (const address of ADDRESSES) await service.present(address, old);
    dns = await startNameServer(({ name, type }) =>
      name === NAME && type === 'A'
        ? { answers: ADDRESSES.map((address) => ({ type: 'A', name, ttl: 60, data: address })) }
        : { rcode: name === NAME ? 'NOERROR' : 'NXDOMAIN' },
    );
    const create = ['token', 'create', '--data-dir', data(), '--name', 't', '--scope', 'admin'];
    token = (await runCertdesk(create)).trim();
    await start();
    projectId = String((await call('POST', '/projects', { domain: NAME })).id);
    await upload(old);
    const trust = pki.root.certificate;
    const body = { host: NAME, port: service.port, projectIds: [projectId], trust };
    endpointId = String((await call('POST', '/endpoints', body)).id);
  }, 600_000);
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await service?.stop();
    await dns?.close();
    await openssl?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('is checked on its own after its creation, on every address of the name', async () => {
    await expect
      .poll(async () => (await call('GET', `/endpoints/${endpointId}`)).state, { timeout: 120_000 })
      .toBe('ok');
    const { reports } = await call('GET', `/endpoints/${endpointId}`);
    expect(reports).toMatchObject(
      ADDRESSES.map((address) => ({ address, match: 'current', tlsVersion: 'TLSv1.3' })),
    );
    expect(await served()).toBe('current');
  });

  it('says on which addresses the old certificate stays after a renewal, also after a kill', async () => {
    await upload(current);
    await expect.poll(served, { timeout: 120_000 }).toBe('old');
    await service.present('127.0.0.2', current);
    await killAndStart();
    const { sentence, findings } = await check();
    expect(sentence).toBe(
      `${NAME}:${service.port} still presents the old certificate on 2 of 3 addresses. Restart the server there.`,
    );
    expect(findings).toContain('served-old');
    expect(await served()).toBe('partly');
    for (const address of ADDRESSES) await service.present(address, current);
    expect(await check()).toMatchObject({ state: 'ok', sentence: null });
    expect(await served()).toBe('current');
  });

  it('never contradicts openssl s_client, whatever is broken, repaired or killed', async () => {
    const choices = [old, current, null] as const;
    let seed = 20_261_130; // a fixed sequence, so that a failure can be repeated
    const pick = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * n);
    };
    for (let round = 0; round < 8; round += 1) {
      for (const address of ADDRESSES) await service.present(address, choices[pick(3)] ?? null);
      if (pick(3) === 0) await killAndStart();
      const { reports } = (await check()) as unknown as {
        reports: { address: string; match: string | null; chain: { fingerprint: string }[] }[];
      };
      const seen = await Promise.all(ADDRESSES.map((address) => seenByOpenSsl(address, service.port, NAME)));
      expect(
        reports.map(({ chain }) => chain[0]?.fingerprint ?? null),
        `round ${round}`,
      ).toEqual(seen);
      const [oldPrint, currentPrint] = [fingerprint(old), fingerprint(current)];
      const expected = seen.every((each) => each === currentPrint)
        ? 'current'
        : seen.every((each) => each === oldPrint)
          ? 'old'
          : seen.includes(oldPrint)
            ? 'partly'
            : 'problem';
      expect(await served(), `round ${round}`).toBe(expected);
    }
  });

  it('shows endpoints on the command line, one row per address', async () => {
    for (const address of ADDRESSES) await service.present(address, current);
    await service.present('127.0.0.4', old);
    const at = ['--data-dir', data()];
    const checked = await runCertdesk(['endpoint', 'check', endpointId, ...at]);
    const rows = checked
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    expect(rows.slice(1, 4).map(([address, match, subject]) => [address, match, subject])).toEqual([
      ['127.0.0.2', 'current', NAME],
      ['127.0.0.3', 'current', NAME],
      ['127.0.0.4', 'previous', NAME],
    ]);
    const [finding, message, advice] = checked.slice(checked.indexOf('critical served-old')).split('\n');
    expect({ finding, message, advice }).toEqual({
      finding: 'critical served-old',
      message: expect.stringMatching(/^ {2}127\.0\.0\.4: The server still presents the earlier certificate/),
      advice: expect.stringMatching(/^ {2}Install the current certificate/),
    });
    expect(checked).toContain('warning addresses-differ');
    const listed = await runCertdesk(['endpoints', '--finding', 'served-old', ...at]);
    expect(listed).toContain(
      'still presents the old certificate on 1 of 3 addresses. Restart the server there.',
    );
    expect(await runCertdesk(['endpoints', '--finding', 'expired', ...at])).not.toContain(NAME);
  });

  it('shows a limited token only the endpoints of its projects, and lets it define none', async () => {
    const other = String((await call('POST', '/projects', { domain: 'other.example.com' })).id);
    const args = [
      'token',
      'create',
      '--data-dir',
      data(),
      '--name',
      'l',
      '--scope',
      'projects:write',
      '--project',
    ];
    const [own, foreign] = [
      (await runCertdesk([...args, projectId])).trim(),
      (await runCertdesk([...args, other])).trim(),
    ];
    const as = (limited: string, method: string, path: string, body?: unknown) =>
      server?.call(method, path, { token: limited, ...(body === undefined ? {} : { body }) });
    expect((await as(own, 'GET', '/endpoints'))?.body).toMatchObject({ total: 1 });
    expect((await as(own, 'POST', `/endpoints/${endpointId}/check`, {}))?.status).toBe(200);
    expect((await as(foreign, 'GET', '/endpoints'))?.body).toMatchObject({ total: 0, endpoints: [] });
    expect((await as(foreign, 'GET', `/endpoints/${endpointId}`))?.body).toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
    });
    expect((await as(foreign, 'POST', `/endpoints/${endpointId}/check`, {}))?.status).toBe(404);
    const body = { host: '127.0.0.1', port: 22 };
    expect((await as(own, 'POST', '/endpoints', body))?.status).toBe(403);
    expect((await as(own, 'PATCH', `/endpoints/${endpointId}`, body))?.status).toBe(403);
  });

  it('adds pasted lines, keeps what exists, and reports what is invalid', async () => {
    const text = `${NAME}:${service.port}\nsmtp://mx.example.com\n*.example.com\nweb.example.com,443,tls,,${NAME}`;
    for (const dryRun of [true, false]) {
      const body = { text, projectIds: ['unknown'], dryRun };
      const refused = await server?.call('POST', '/endpoints/bulk', { token, body });
      expect(refused).toMatchObject({ status: 404, body: { code: 'PROJECT_NOT_FOUND' } });
    }
    expect(await call('POST', '/endpoints/bulk', { text })).toMatchObject({
      created: 2,
      existing: 1,
      invalid: 1,
      lines: [
        { result: 'existing', endpointId },
        { result: 'created' },
        { line: 3, result: 'invalid', error: '*.example.com is neither a host name nor an IP address.' },
        { result: 'created' },
      ],
    });
    expect(await call('GET', `/endpoints?project=${projectId}`)).toMatchObject({ total: 2 });
    expect(await call('GET', '/endpoints?q=mx.')).toMatchObject({
      total: 1,
      endpoints: [{ port: 25, protocol: 'smtp' }],
    });
    const { suggestions } = await call('GET', `/endpoints/suggestions?project=${projectId}`);
    expect(suggestions).toMatchObject([{ host: NAME, port: 443, protocol: 'tls' }]);
  });
});
