// Which certificate HTTPS serves while the chosen project changes: it swaps without a restart, and never disappears.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HTTPS_PROBLEMS, type HttpsProblem } from '../../src/shared/https.ts';
import { toTimestamp } from '../../src/shared/time.ts';
import type { TestApp } from '../support/server/app.ts';
import { callHttp1, openHttp2, shakeHands, startHttpsApp } from '../support/server/https.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

const NAME = 'certs.example.com';
let openssl: OpenSsl;
let ca: CertifiedKey;
let app: TestApp;
let project: string;
/** Added to the machine's time, in milliseconds. */
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead) };

beforeAll(async () => {
  openssl = await createOpenSsl();
  ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
  return () => openssl.remove();
});
beforeEach(async () => {
  ahead = 0;
  app = await startHttpsApp({ platform: { clock } });
  project = (await app.app.engine.projects.create({ name: 'own', domain: NAME, altNames: [] })).id;
});
afterEach(() => app?.stop());

const engine = () => app.app.engine;
const state = () => engine().https.state();
const select = (projectId: string | null) => engine().settings.update({ https: { projectId } });

/** Uploads a new certificate for the names. @returns its fingerprint with colons */
async function upload(names: readonly string[] = [NAME], days = 90): Promise<string> {
  const san = names.map((name) => `DNS:${name}`);
  const { certificate, privateKey } = await openssl.issue({ ca, subject: '/CN=x', san, days });
  const body = { certificate, privateKey };
  await engine().certificates.upload(project, body, { owner: 'test', signal: undefined });
  const file = await openssl.file(certificate);
  const [, fingerprint = ''] = (
    await openssl.run(['x509', '-in', file, '-noout', '-fingerprint', '-sha256'])
  ).split('=');
  return fingerprint.trim();
}

const served = async () => (await shakeHands(app.app.address)).fingerprint;
async function expectState(certificate: string, problem: HttpsProblem | null): Promise<void> {
  await expect.poll(() => [state()?.certificate, state()?.problem]).toEqual([certificate, problem]);
  expect(await served()).toBe(state()?.fingerprint);
  const health = (await callHttp1(`${app.app.address}/api/v1/health`, 'GET')).body.https;
  expect(health).toEqual({ certificate, problem });
  const overview = await engine().overview.get(null);
  expect(overview.engine.https).toEqual({ certificate, problem, message: state()?.message });
  const isBroken = problem !== null && problem !== 'no-project';
  // Certificates come first, and so does a renewal check that a clock set forward makes late.
  if (overview.attention.total === 0 && ahead === 0)
    expect(overview.health.sentence.includes('HTTPS')).toBe(isBroken);
  if (problem !== null) {
    expect(state()?.message).toContain(HTTPS_PROBLEMS[problem]);
    expect(app.log.some((line) => line.includes(HTTPS_PROBLEMS[problem]))).toBe(true);
  }
}

describe('the certificate of the chosen project', () => {
  it('replaces the self-signed one as soon as there is one', async () => {
    const selfSigned = await served();
    await select(project);
    await expectState('self-signed', 'no-certificate');
    const fingerprint = await upload();
    await expectState('project', null);
    expect([await served(), fingerprint === selfSigned]).toEqual([fingerprint, false]);
    expect(state()).toMatchObject({ projectId: project, names: [NAME], trusted: false });
    expect(await app.app.signInLink()).toMatch(new RegExp(`^https://${NAME}:\\d+/login#`));
    const link = { headers: { host: NAME } };
    const answer = await callHttp1(`${app.app.address}/api/v1/health`, 'GET', link);
    expect([answer.status, answer.headers['strict-transport-security']]).toEqual([200, undefined]);
  });

  it('is swapped while clients keep connecting, and open connections continue', async () => {
    await select(project);
    const first = await upload();
    await expectState('project', null);
    const open = await openHttp2(app.app.address);
    const seen: string[] = [];
    let isDone = false;
    const connecting = (async () => {
      while (!isDone) seen.push(await served());
    })();
    await expect.poll(() => seen.length).toBeGreaterThan(3);
    const second = await upload();
    await expect.poll(() => seen.at(-1)).toBe(second);
    isDone = true;
    await connecting; // rejects if a single handshake failed
    expect([...new Set(seen)]).toEqual([first, second]);
    expect((await open.call('GET', '/api/v1/health')).status).toBe(200);
    open.close();
  });

  it('is served for any name that a wildcard covers', async () => {
    await engine().projects.update(project, { domain: '*.example.com' });
    await select(project);
    await upload(['*.example.com']);
    await expectState('project', null);
    const statusOf = async (host: string) =>
      (await callHttp1(`${app.app.address}/api/v1/health`, 'GET', { headers: { host } })).status;
    expect([await statusOf('srv.example.com'), await statusOf('a.b.example.com')]).toEqual([200, 421]);
    expect(await app.app.signInLink()).toMatch(/^https:\/\/[\w-]+\.example\.com:\d+\//);
  });

  it('can be named by its domain on the command line, before the project exists', async () => {
    const https = { enabled: true, project: 'late.example.com', redirect: null };
    const other = await startHttpsApp({ platform: { https } });
    expect(other.app.engine.https.state()).toMatchObject({
      problem: 'project-removed',
      certificate: 'self-signed',
    });
    await other.app.engine.projects.create({ name: 'late', domain: 'late.example.com', altNames: [] });
    await expect.poll(() => other.app.engine.https.state()?.problem).toBe('no-certificate');
    await other.stop();
  });
});

describe('if the chosen project has no usable certificate, HTTPS', () => {
  let fingerprint: string;
  beforeEach(async () => {
    await select(project);
    fingerprint = await upload();
    await expectState('project', null);
  });
  const tick = () => engine().settings.update({ renewals: { keepVersionsDays: 31 } }); // an event: checks again

  it('keeps the last one after a removal, until it expires', async () => {
    await engine().certificates.remove(project);
    await expectState('previous', 'no-certificate');
    expect(await served()).toBe(fingerprint);
    ahead = 91 * 86_400_000;
    await tick();
    await expectState('self-signed', 'no-certificate');
  });

  it('falls back to the self-signed certificate when it expires', async () => {
    ahead = 91 * 86_400_000;
    await tick();
    await expectState('self-signed', 'certificate-expired');
  });

  it('falls back to the self-signed certificate after a revocation, also of the last one', async () => {
    await recordRevocation();
    await tick();
    await expectState('self-signed', 'certificate-revoked');
    await engine().certificates.remove(project); // nor is it the last one now
    await expectState('self-signed', 'no-certificate');
  });

  it('keeps the last one if a new key cannot be opened', async () => {
    await breakNextKey();
    await expectState('previous', 'key-unreadable');
    expect(await served()).toBe(fingerprint);
  });

  it('does not let the project disappear', async () => {
    await engine().certificates.remove(project);
    await expect(engine().projects.remove(project)).rejects.toThrow(
      expect.objectContaining({ code: 'PROJECT_IN_USE' }),
    );
    await select(null);
    await expectState('self-signed', 'no-project');
    await engine().projects.remove(project);
    await expect(select(project)).rejects.toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });

  /** As the revoke job does. */
  async function recordRevocation(): Promise<void> {
    const version = engine().https.current()?.versionId ?? '';
    await engine().journal.write((tx) =>
      tx.certificates.update(version, {
        revokedAt: toTimestamp(clock.now()),
        revocationReason: 'keyCompromise',
      }),
    );
  }

  /** Activates a version whose key was sealed for another row, as a damaged database has it. */
  async function breakNextKey(): Promise<void> {
    await engine().journal.write(async (tx, emit) => {
      const current = await tx.certificates.active(project);
      if (current === null) throw new Error('no certificate');
      await tx.certificates.activate({ ...current, id: 'another-version' });
      await emit({ kind: 'certificate.stored', projectId: project, message: 'stored' });
    });
  }
});
