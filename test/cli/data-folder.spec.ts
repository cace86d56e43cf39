// How the client finds the server of a data folder, and who else could use what it finds.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { findDataFolder } from '../../src/main/platform/data-folder.ts';
import { ACCESS_FILE, CHALLENGE_HEADER, PROOF_HEADER } from '../../src/shared/local-access.ts';
import { callApi, startApp, type TestApp } from '../support/server/app.ts';
import { type Ended, PROGRAM, runCli } from '../support/server/cli.ts';

let app: TestApp | null = null;
let folder: string;
beforeAll(async () => {
  expect(await ensureBuilt()).toBeNull();
}, 600_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-cli-'));
});
afterEach(async () => {
  await app?.close();
  app = null;
  rmSync(folder, { recursive: true, force: true });
});

const certdesk = (...args: readonly string[]): Promise<Ended> => runCli([...args, '--data-dir', folder]);
const access = (): { address: string; token: string } =>
  JSON.parse(readFileSync(join(folder, ACCESS_FILE), 'utf8'));

function failure({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^certdesk: [^\n]+\n$/);
  expect(stderr).toMatch(sentence);
}

describe('the credential in the data folder', () => {
  it('reaches projects and the installation, but creates no tokens and restores no backups', async () => {
    app = await startApp({ dataFolder: folder });
    const { token } = access();
    expect((await app.call('GET', '/tokens', { token })).status).toBe(200);
    const body = { name: 'more', scopes: ['admin'] };
    expect(await app.call('POST', '/tokens', { token, body })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', error: expect.stringContaining('certdesk login-link') },
    });
  });

  it('is another one after each start, and the old one is then unknown', async () => {
    app = await startApp({ dataFolder: folder });
    const first = access();
    await app.close();
    app = await startApp({ dataFolder: folder });
    expect(access().token).not.toBe(first.token);
    expect((await app.call('GET', '/projects', { token: access().token })).status).toBe(200);
    expect((await app.call('GET', '/projects', { token: first.token })).status).toBe(401);
  });

  it('is in no database, no log and no backup', async () => {
    app = await startApp({ dataFolder: folder });
    const { token } = access();
    expect((await certdesk('project', 'create', '--name', 'one')).code).toBe(0);
    expect(app.log.join('\n')).not.toContain(token);
    const passphrase = join(folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    const created = await certdesk('backup', 'create', '--passphrase-file', passphrase);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    await app.close();
    app = null;
    const restored = join(folder, 'restored');
    const options = [
      '--data-dir',
      restored,
      '--secret-store',
      'sealed-file',
      '--passphrase-file',
      passphrase,
    ];
    const ended = await runCli(['backup', 'restore', created.stdout.trim(), ...options]);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    for (const place of [folder, restored]) {
      const names = readdirSync(place, { recursive: true, encoding: 'utf8' });
      expect(names).not.toContain(ACCESS_FILE);
      for (const path of names.map((name) => join(place, name)).filter((each) => statSync(each).isFile()))
        expect(readFileSync(path).includes(token), path).toBe(false);
    }
    // Its call is in the audit trail.
    expect(readFileSync(join(restored, 'certdesk.db')).includes('command-line')).toBe(true);
  });

  it('works on all addresses of its machine', async () => {
    const other = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    app = await startApp({ dataFolder: folder, platform: { api: { host: '0.0.0.0', port: 0 } } });
    const { token, address } = access();
    expect((await certdesk('list')).code).toBe(0); // although clients cannot connect to 0.0.0.0 everywhere
    const { port } = new URL(address);
    // From this machine by its own address: the connection comes from the address that it goes to.
    if (other !== undefined)
      expect((await callApi(`http://${other}:${port}/api/v1/projects`, 'GET', { token })).status).toBe(200);
    // 127.0.0.2 is loopback, too. A connection from elsewhere cannot be made here:
    // test/http/local-access.test.ts has the rule.
    expect((await callApi(`http://127.0.0.2:${port}/api/v1/projects`, 'GET', { token })).status).toBe(200);
  });
});

describe('the file of a server', () => {
  it('that was killed does not lead to the program that has taken its port', async () => {
    const received: unknown[] = [];
    const impostor = createServer((request, response) => {
      received.push([request.url, request.headers.authorization]);
      response.setHeader('content-type', 'application/json');
      response.setHeader(PROOF_HEADER, 'x'.repeat(43));
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = impostor.address() as { port: number };
      writeAccess({ address: `http://127.0.0.1:${port}`, token: 'cdc_of-the-killed-server', pid: 1 });
      failure(await certdesk('list'), /is not the server of the data folder .*Nothing was sent/);
      expect(received).toEqual([['/api/v1/health', undefined]]);
    } finally {
      impostor.close();
    }
  });

  it('that was killed says that no server runs, if nothing listens', async () => {
    writeAccess({ address: 'http://127.0.0.1:1', token: 'cdc_x', pid: 1 });
    failure(await certdesk('status'), /No Certdesk server is running on the data folder/);
  });

  it.each([
    ...['', 'null', '{', '{"address":7}', '{"address":"http://127.0.0.1:1","token":"a\\nb"}'],
    ...['{"address":"::","token":"x"}', '{"address":"file:///etc/passwd","token":"x"}'],
  ])('with the content %j is damaged', async (content) => {
    writeFileSync(join(folder, ACCESS_FILE), content, { mode: 0o600 });
    failure(await certdesk('status'), /is damaged\. Restart the server/);
  });

  it('that others can read is refused', async () => {
    app = await startApp({ dataFolder: folder });
    chmodSync(join(folder, ACCESS_FILE), 0o644);
    failure(await certdesk('status'), /Other users can read/);
  });

  it('that is a symbolic link is refused', async () => {
    app = await startApp({ dataFolder: folder });
    const path = join(folder, ACCESS_FILE);
    renameSync(path, `${path}.moved`);
    symlinkSync(`${path}.moved`, path);
    failure(await certdesk('status'), /is not a regular file\. Restart the server/);
  });

  it('in a folder that others can write to is refused', async () => {
    app = await startApp({ dataFolder: folder });
    chmodSync(folder, 0o777);
    failure(await certdesk('status'), /is not safe: other users can write/);
    chmodSync(folder, 0o700);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user is refused with the advice to use sudo', async () => {
    app = await startApp({ dataFolder: folder });
    const program = [
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      process.execPath,
      PROGRAM,
    ] as const;
    const ended = await runCli(['list', '--data-dir', folder], { program });
    failure(ended, /belongs to another user\. Use sudo, or name a server with --url and --token/);
  });

  function writeAccess(content: object): void {
    writeFileSync(join(folder, ACCESS_FILE), JSON.stringify(content), { mode: 0o600 });
  }
});

it('the server proves that it knows the credential only with the right answer to a challenge', async () => {
  app = await startApp({ dataFolder: folder });
  const ask = (challenge: string) =>
    callApi(`${app?.app.address}/api/v1/health`, 'GET', { headers: { [CHALLENGE_HEADER]: challenge } });
  const [one, two] = [await ask('a'), await ask('b')].map(({ headers }) => headers.get(PROOF_HEADER));
  expect(one).toMatch(/^[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect((await ask('x'.repeat(101))).headers.get(PROOF_HEADER)).toBeNull();
});

describe('the data folder', () => {
  const home = (): string => join(folder, 'home');
  const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    XDG_DATA_HOME: home(),
    CERTDESK_SERVICE_FOLDER: join(folder, 'service'),
    CERTDESK_SERVICE_DEFAULTS: join(folder, 'defaults'),
    ...more,
  });

  it("of the service is root's, and that of users without one of their own", () => {
    mkdirSync(join(folder, 'service'));
    expect(findDataFolder(env(), 0)).toBe(join(folder, 'service'));
    expect(findDataFolder(env(), 1000)).toBe(join(folder, 'service'));
    mkdirSync(join(home(), 'certdesk'), { recursive: true });
    expect(findDataFolder(env(), 0)).toBe(join(folder, 'service'));
    expect(findDataFolder(env(), 1000)).toBe(join(home(), 'certdesk'));
  });

  it('without a service is that of the user', () => {
    expect(findDataFolder(env({ CERTDESK_SERVICE_FOLDER: undefined }), 0)).toBe(join(home(), 'certdesk'));
    mkdirSync(join(home(), 'certdesk'), { recursive: true });
    expect(findDataFolder(env(), 0)).toBe(join(home(), 'certdesk')); // the service has never run
  });

  it.each([
    ['CERTDESK_DATA_DIR=/srv/certs', '/srv/certs'],
    ['# CERTDESK_DATA_DIR=/no\nCERTDESK_PORT=1\n  CERTDESK_DATA_DIR = "/srv/my certs" \n', '/srv/my certs'],
    ["CERTDESK_DATA_DIR=/one\r\nCERTDESK_DATA_DIR='/two'\r\n", '/two'],
    ['CERTDESK_DATA_DIR=\n', null],
  ])('in the environment file of the service wins: %j', (text, expected) => {
    mkdirSync(join(folder, 'service'));
    writeFileSync(join(folder, 'defaults'), text);
    expect(findDataFolder(env(), 1000)).toBe(expected ?? join(folder, 'service'));
  });
});
