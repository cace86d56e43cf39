// HTTPS of the built server with a certificate from Pebble, as curl, OpenSSL and Chromium see it: before the first
// certificate, through a renewal, and after a revocation.
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { launchChromium, newContext } from '../support/gui/page.ts';
import { callHttp1, type HttpsAnswer, shakeHands } from '../support/server/https.ts';
import { pebbleArgs, runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { sendRaw } from '../support/tools/raw-http.ts';
import { describeWith } from '../support/tools/tools.ts';

const NAME = 'certs.example.com';

describeWith(['pebble', 'chromium'], 'HTTPS of the built server', () => {
  let folder: string;
  let pebble: Pebble;
  let server: Server;
  let port: string;
  let token: string;
  let project: string;

  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    folder = await mkdtemp(join(tmpdir(), 'certdesk-https-'));
    pebble = await startPebble();
    const [root = ''] = await pebble.issuerRoots();
    await writeFile(join(folder, 'root.pem'), root);
    server = await startServer({
      dataFolder: join(folder, 'data'),
      args: [
        ...['--host', '0.0.0.0', '--https', '--https-project', NAME, '--http-redirect'],
        ...(await pebbleArgs(folder, pebble)),
      ],
      env: { NODE_EXTRA_CA_CERTS: join(folder, 'root.pem') },
    });
    port = new URL(server.address).port;
    token = (await certdesk('token', 'create', '--name', 'test', '--scope', 'projects:write')).trim();
  }, 600_000);
  afterAll(async () => {
    await server?.stop();
    await pebble?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const certdesk = (...args: string[]) => runCertdesk([...args, '--data-dir', join(folder, 'data')]);
  const address = () => `https://127.0.0.1:${port}`;
  const call = (method: string, path: string, body?: object): Promise<HttpsAnswer> =>
    callHttp1(`${address()}/api/v1${path}`, method, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const run = (program: string, args: readonly string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const child = execFile(program, args, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
      child.stdin?.end();
    });
  /** As a client that trusts the CA and resolves the name. */
  const curl = (...args: string[]) => {
    const trust = ['--cacert', join(folder, 'root.pem'), '--resolve', `${NAME}:${port}:127.0.0.1`];
    return run('curl', ['-sS', '-D', '-', ...trust, ...args]);
  };
  const health = `/api/v1/health`;
  const url = () => `https://${NAME}:${port}`;
  const openssl = () =>
    run('openssl', [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', NAME, '-verify_hostname', NAME],
      ...['-CAfile', join(folder, 'root.pem'), '-verify_return_error', '-alpn', 'h2'],
    ]);

  it('starts with a self-signed certificate whose fingerprint it prints, and which clients refuse', async () => {
    expect(server.output()).toContain('Certdesk serves its self-signed certificate.');
    const [, fingerprint] = /has the SHA-256 fingerprint ([0-9A-F:]{95})\n/.exec(server.output()) ?? [];
    expect(fingerprint).toBe((await shakeHands(address())).fingerprint);
    expect((await curl(`${url()}${health}`)).code).toBe(60); // CURLE_PEER_FAILED_VERIFICATION
    expect((await openssl()).code).not.toBe(0);
  });

  it('serves the certificate as soon as the project has it, by HTTP/2 and HTTP/1.1, with HSTS', async () => {
    const created = await call('POST', '/projects', { domain: NAME });
    project = String(created.body.id);
    const body = { challengeType: 'http-01', email: 'admin@example.com' };
    const obtained = await call('POST', `/projects/${project}/certificate/obtain`, body);
    expect(obtained.status, obtained.text).toBe(200);
    await expect.poll(async () => (await curl(`${url()}${health}`)).code).toBe(0);
    const h2 = (await curl(`${url()}${health}`)).output;
    expect(h2).toMatch(/^HTTP\/2 200/);
    expect(h2.toLowerCase()).toContain('strict-transport-security: max-age=15552000\r\n');
    expect(h2).toContain('"https":{"certificate":"project","problem":null}');
    expect((await curl('--http1.1', `${url()}${health}`)).output).toMatch(/^HTTP\/1\.1 200/);
    // Browsers ignore HSTS for addresses (RFC 6797 section 8.1.1).
    expect((await curl('-k', `${address()}${health}`)).output).not.toMatch(/strict-transport/i);
    const { code, output } = await openssl();
    expect([code, output]).toEqual([0, expect.stringContaining('Verify return code: 0 (ok)')]);
    expect(output).toContain('ALPN protocol: h2');
    expect((await curl('--tlsv1.0', '--tls-max', '1.1', `${url()}${health}`)).code).toBe(35);
  });

  it('redirects plain HTTP on the challenge port', async () => {
    const lines = ['GET /projects HTTP/1.1', `Host: ${NAME}`, 'Connection: close'];
    const { status, head } = await sendRaw(`http://127.0.0.1:${pebble.httpPort}`, lines);
    expect([status, head]).toEqual([307, expect.stringContaining(`location: ${url()}/projects\r\n`)]);
  });

  it('swaps the certificate in a renewal while curl, OpenSSL and Chromium use it', async () => {
    const before = (await shakeHands(address())).fingerprint;
    const intermediates = await pebble.issuerIntermediates();
    const hashes = intermediates.map((pem) => {
      const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
      return createHash('sha256').update(key).digest('base64');
    });
    const browser = await launchChromium([
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${hashes.join(',')}`,
    ]);
    const context = await newContext(browser);
    const page = await context.newPage();
    const link = (await certdesk('login-link')).trim();
    expect(link).toMatch(new RegExp(`^https://${NAME}:${port}/login#`));
    await page.goto(link);
    await page.getByRole('navigation').first().waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: `__Host-certdesk-${port}`, secure: true, httpOnly: true });
    await page.goto(`${url()}/#/projects`);
    await page.getByRole('link', { name: NAME }).first().waitFor();
    const protocols = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol),
    );
    expect([...new Set(protocols)]).toEqual(['h2']);

    const seen: string[] = [];
    const failures: string[] = [];
    let isDone = false;
    const connecting = (async () => {
      while (!isDone) {
        seen.push((await shakeHands(address())).fingerprint);
        const answer = await curl(`${url()}${health}`);
        if (answer.code !== 0) failures.push(answer.output);
      }
    })();
    const renewed = await call('POST', `/projects/${project}/certificate/renew`);
    expect(renewed.status, renewed.text).toBe(200);
    await expect.poll(() => seen.at(-1)).not.toBe(before);
    // The page's event stream, which is older than the certificate, still delivers.
    await call('POST', '/projects', { domain: 'added.example.com' });
    await page.getByText('added.example.com').first().waitFor();
    isDone = true;
    await connecting;
    expect(failures).toEqual([]);
    expect(new Set(seen).size).toBe(2);
    await page.reload();
    await page.getByText('added.example.com').first().waitFor();
    expect((await openssl()).output).toContain('Verify return code: 0 (ok)');
    await browser.close();
  });

  it('is the source of a download by a token that can do nothing else', async () => {
    const scope = ['--scope', 'certificates:download', '--project', project];
    const secret = (await certdesk('token', 'create', '--name', 'web', ...scope)).trim();
    const header = join(folder, 'header');
    await writeFile(header, `Authorization: Bearer ${secret}\n`, { mode: 0o600 });
    const path = `/api/v1/projects/${project}/certificate`;
    const fetched = await curl('-H', `@${header}`, `${url()}${path}/key-pair`);
    expect(fetched.output).toMatch(/^HTTP\/2 200.*BEGIN CERTIFICATE.*BEGIN PRIVATE KEY/s);
    const [, tag = ''] = /etag: (\S+)/.exec(fetched.output) ?? [];
    const again = await curl('-H', `@${header}`, '-H', `If-None-Match: ${tag}`, `${url()}${path}/key-pair`);
    expect(again.output).toMatch(/^HTTP\/2 304/);
    for (const other of [path, `${path}/download?format=key`, '/api/v1/projects', '/api/v1/https'])
      expect((await curl('-H', `@${header}`, `${url()}${other}`)).output, other).toMatch(/^HTTP\/2 403/);
  });

  it('is found by the command line through the data folder', async () => {
    expect(await certdesk('projects', '--json')).toContain(NAME);
  });

  it('falls back to the self-signed certificate after a revocation, and says so', async () => {
    const revoked = await call('POST', `/projects/${project}/certificate/revoke`, {
      reason: 'keyCompromise',
    });
    expect(revoked.status, revoked.text).toBe(200);
    await expect
      .poll(async () => (await call('GET', '/health')).body.https)
      .toEqual({ certificate: 'self-signed', problem: 'certificate-revoked' });
    expect((await curl(`${url()}${health}`)).code).toBe(60);
    expect((await curl('-k', `${url()}${health}`)).output).not.toMatch(/strict-transport/i);
    expect(server.output()).toContain('is revoked. Certdesk serves its self-signed certificate.');
  });
});
