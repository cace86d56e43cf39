// The script of docs/fetch-certificates.md, run as printed against a server.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/server/app.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

let app: TestApp;
let openssl: OpenSsl;
let folder: string;
let project: string;
let token: { readonly id: string; readonly secret: string };

const PAGE = new URL('../../docs/fetch-certificates.md', import.meta.url);
const at = (name: string) => join(folder, name);
const issue = (): Promise<CertifiedKey> =>
  openssl.issue({ subject: '/CN=www.example.com', san: ['DNS:www.example.com'] });
const upload = async ({ certificate, privateKey }: CertifiedKey) => {
  const body = { certificate, privateKey };
  expect((await app.call('POST', `/projects/${project}/certificate/upload`, { body })).status).toBe(200);
};
const configure = (url: string) =>
  writeFile(at('curl'), `url = "${url}"\nheader = "Authorization: Bearer ${token.secret}"\n`);
const address = () => `${app.app.address}/api/v1/projects/${project}/certificate/key-pair`;

/** Runs the script with a command that counts its runs. @returns the exit code and standard error */
function run(command = ['sh', '-c', `echo >> ${at('reloads')}`]): Promise<{ code: number; error: string }> {
  return new Promise((resolve) => {
    execFile('sh', [at('script'), at('curl'), at('www.pem'), ...command], (error, _, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), error: stderr }),
    );
  });
}
const reloads = async () => (await readFile(at('reloads'), 'utf8').catch(() => '')).length;
const stored = () => readFile(at('www.pem'), 'utf8');

beforeAll(async () => {
  app = await startApp();
  openssl = await createOpenSsl();
  folder = await mkdtemp(join(tmpdir(), 'certdesk-fetch-'));
  const [, block = ''] =
    /<!-- test: fetch script -->\s*```sh\n(.*?)\n\s*```/s.exec(await readFile(PAGE, 'utf8')) ?? [];
  await writeFile(at('script'), block.replace(/^ {3}/gm, ''));
  project = await app.project('www.example.com');
  const body = { name: 'web', scopes: ['certificates:download'], projectIds: [project] };
  const created = (await app.asUser('POST', '/tokens', { body })).body;
  token = { id: String(created.id), secret: String(created.token) };
  await configure(address());
  await upload(await issue());
});
afterAll(async () => {
  await app?.stop();
  await openssl?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

it('stores the pair for its owner only, and runs the command once per new certificate', async () => {
  expect(await run()).toEqual({ code: 0, error: '' });
  expect((await stat(at('www.pem'))).mode & 0o777).toBe(0o600);
  const file = await openssl.file(await stored());
  expect(await openssl.run(['pkey', '-in', file, '-pubout'])).toBe(
    await openssl.run(['x509', '-in', file, '-noout', '-pubkey']),
  );
  const first = await stored();
  expect(await run()).toEqual({ code: 0, error: '' });
  expect([await reloads(), (await stored()) === first]).toEqual([1, true]);
  await upload(await issue());
  expect(await run()).toEqual({ code: 0, error: '' });
  expect([await reloads(), (await stored()) === first]).toEqual([2, false]);
  expect((await readdir(folder)).sort()).toEqual(['curl', 'reloads', 'script', 'www.pem', 'www.pem.etag']);
});

it('repeats a reload that failed, and fetches again if the file is missing', async () => {
  await upload(await issue());
  const before = await reloads();
  expect((await run(['false'])).code).toBe(1);
  expect((await run()).code).toBe(0);
  expect(await reloads()).toBe(before + 1);
  await rm(at('www.pem'));
  expect((await run()).code).toBe(0);
  expect(await stored()).toContain('PRIVATE KEY');
});

it('keeps the old file if the server is unreachable, or answers with anything but a matching pair', async () => {
  const good = await stored();
  const [first, second] = [await issue(), await issue()];
  const answers: Record<string, readonly [number, string]> = {
    '/error': [500, first.certificate + first.privateKey],
    '/redirect': [302, ''],
    '/empty': [200, ''],
    '/page': [200, '<html>'],
    '/no-key': [200, first.certificate],
    '/mismatch': [200, first.certificate + second.privateKey],
    '/cut': [200, (first.certificate + first.privateKey).slice(0, -40)],
  };
  const server: Server = createServer((request, reply) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, ''];
    reply.writeHead(status, { ETag: '"evil"', Location: '/mismatch' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const before = await reloads();
  for (const path of Object.keys(answers)) {
    await configure(`http://127.0.0.1:${port}${path}`);
    expect((await run()).code, path).not.toBe(0);
    expect([await stored(), await reloads()], path).toEqual([good, before]);
  }
  await new Promise((resolve) => server.close(resolve));
  expect((await run()).code).toBe(7); // curl: connection refused
  expect(await stored()).toBe(good);
  await configure(address());
});

it('keeps the old file and fails with the token revoked', async () => {
  await chmod(at('curl'), 0o600);
  const good = await stored();
  expect((await app.call('DELETE', `/tokens/${token.id}`)).status).toBe(200);
  const { code, error } = await run();
  expect([code, error]).toEqual([22, expect.stringContaining('401')]);
  expect(await stored()).toBe(good);
});
