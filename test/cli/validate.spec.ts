// certdesk validate says what an upload would say, without a server and without a data folder.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { answerSchema, type Ended, runCli } from '../support/server/cli.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

let folder: string;
let app: TestApp;
let openssl: OpenSsl;
let files: Readonly<Record<string, string>>;

beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
  folder = mkdtempSync(join(tmpdir(), 'certdesk-validate-'));
  openssl = await createOpenSsl();
  app = await startApp();
  const make = (more: object = {}) =>
    openssl.issue({ subject: '/CN=shop.example.com', san: ['DNS:shop.example.com'], ...more });
  const [good, other, expired] = [
    await make(),
    await make(),
    await make({ notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01') }),
  ];
  const contents = {
    good: good.certificate,
    key: good.privateKey,
    both: good.privateKey + good.certificate,
    otherKey: other.privateKey,
    expired: expired.certificate,
    expiredKey: expired.privateKey,
    nonsense: 'hello',
  };
  const entries = Object.entries(contents).map(([name, content]) => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, content);
    return [name, path] as const;
  });
  files = Object.fromEntries(entries);
}, 600_000);
afterAll(async () => {
  await app?.stop();
  await openssl?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Runs it with a home folder that does not exist, and checks that it stays away. */
async function validate(...args: readonly string[]): Promise<Ended> {
  const home = join(folder, 'no-home');
  const env = { HOME: home, XDG_DATA_HOME: home };
  const ended = await runCli(['validate', ...args.map((each) => files[each] ?? each)], { env });
  expect(existsSync(home)).toBe(false);
  return ended;
}

describe('certdesk validate', () => {
  it('describes a valid certificate, with its warnings', async () => {
    const { code, stdout, stderr } = await validate('good', 'key');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^The certificate and its key can be uploaded\.\nNames {4}shop\.example\.com\n/);
    expect(stdout).toMatch(/^Warning {2}The certificate is self-signed/m);
    expect((await validate('both')).code).toBe(0);
  });

  it.each([
    [['good'], /The private key is missing/],
    [['good', 'otherKey'], /do not match/],
    [['expired', 'expiredKey'], /expired/],
    [['nonsense', 'key'], /cannot be read/],
    [['good', 'key', '--domain', 'www.example.com'], /not valid for domain www\.example\.com/],
  ])('%j is invalid: exit code 1, and one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await validate(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^certdesk: [^\n]+\n$/);
    expect(stderr).toMatch(sentence);
  });

  it.each([[['/nowhere']], [[]], [['good', 'key', '--domain', 'not a name']], [['/dev/null']]])(
    '%j is a wrong command line',
    async (args) => expect(await validate(...args)).toMatchObject({ code: 2, stdout: '' }),
  );

  it('says with --json what the REST API says for the same files', async () => {
    const id = await app.project('shop.example.com');
    const schema = answerSchema('POST', '/projects/{id}/certificate/validate');
    for (const names of [['good', 'key'], ['good', 'otherKey'], ['both'], ['expired', 'expiredKey']]) {
      const { stdout } = await validate(...names, '--domain', 'shop.example.com', '--json');
      const contents = await Promise.all(
        names.map((name) => openssl.run(['base64', '-A', '-in', files[name] ?? ''])),
      );
      const { body } = await app.call('POST', `/projects/${id}/certificate/validate`, {
        body: { files: contents },
      });
      expect(JSON.parse(stdout)).toEqual(body);
      expect(schema.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    }
  });

  it('reads a passphrase from a file', async () => {
    const encrypted = join(folder, 'encrypted.key');
    const pass = join(folder, 'pass');
    writeFileSync(pass, 'correct horse\n');
    await openssl.run([
      'pkey',
      '-in',
      files.key ?? '',
      '-aes256',
      '-passout',
      `file:${pass}`,
      '-out',
      encrypted,
    ]);
    expect((await validate('good', encrypted)).stderr).toMatch(/passphrase/);
    expect((await validate('good', encrypted, '--passphrase-file', pass)).code).toBe(0);
  });
});
