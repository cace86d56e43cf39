// acme-sh with scripts of acme.sh's interface, one of which updates a real BIND 9.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { acmeSh } from '../../../../../src/main/engine/dns/providers/acme-sh/acme-sh.ts';
import { makeFolder } from '../../../../support/acme/tls.ts';
import { type Bind, startBind } from '../../../../support/dns/bind.ts';
import { type Exception, testDnsProviderRecords } from '../../../../support/dns/conformance.ts';
import { expectNoSecrets, failureOf, openProvider } from '../../../../support/dns/provider-on-stand-in.ts';
import { openTestProvider } from '../../../../support/dns/test-provider.ts';
import { toolPath } from '../../../../support/tools/tools.ts';

const FIXTURE = resolve(import.meta.dirname, '../../../../fixtures/acme-sh');
/** For a separate process. */
const SOURCES = {
  bench: resolve(import.meta.dirname, '../../../../support/dns/test-provider.ts'),
  provider: resolve(import.meta.dirname, '../../../../../src/main/engine/dns/providers/acme-sh/acme-sh.ts'),
};
const NAME = '_acme-challenge.example.com';
const signal = new AbortController().signal;
const record = (value: string) => ({ zone: { id: 'example.com', name: 'example.com' }, name: NAME, value });
let bind: Bind;
let folder: { readonly path: string; remove(): Promise<void> };

beforeAll(async () => {
  bind = await startBind({ zones: [{ name: 'example.com' }] });
  folder = await makeFolder('dnsapi');
  await cp(FIXTURE, join(folder.path, 'acme.sh'), { recursive: true });
  // os.tmpdir() of this test's process alone: others may run scripts at the same time.
  await mkdir(join(folder.path, 'tmp'));
  vi.stubEnv('TMPDIR', join(folder.path, 'tmp'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await bind?.stop();
  await folder?.remove();
});

const open = (script: string, environment: Record<string, string>) =>
  openTestProvider(acmeSh, { script, environment }, { acmeShFolder: join(folder.path, 'acme.sh') });

const leftovers = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('certdesk-acme-sh-'));

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A killed process is listed until its new parent has reaped it. */
const isGone = async (pid: number): Promise<boolean> =>
  !alive(pid) || /\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
const expectGone = (pid: number) => expect.poll(() => isGone(pid)).toBe(true);

const settings = () => {
  const [key] = bind.keys;
  const secret = `${key?.algorithm}:${key?.name}:${key?.secret}`;
  const [BINDTEST_SERVER = '', BINDTEST_PORT = ''] = bind.server.split(':');
  return {
    BINDTEST_SERVER,
    BINDTEST_PORT,
    BINDTEST_ZONE: 'example.com',
    BINDTEST_KEY: secret,
    BINDTEST_NSUPDATE: toolPath('CERTDESK_TEST_NSUPDATE'),
  };
};
const STRANGER = 'hmac-sha256:stranger:dGhlIHNlY3JldCBvZiBhIHN0cmFuZ2Vy';

/** It has only its script's exit code: it can tell neither the reason of a refusal nor one zone from another. */
const saysWhatTheScriptSaid: Exception['check'] = async (rig) => {
  const bench = await rig.open({ refused: true });
  const wanted = await rig.record(bench, 'one');
  const error = await failureOf(bench.provider.addTxt(wanted, signal));
  expect(error.code).toBe('DNS_PROVIDER_REFUSED');
  expect(error.message).toMatch(/dns_bindtest_add failed \(exit code 1\).*BADKEY/);
  expectNoSecrets(bench, error);
  expect(await rig.values()).toEqual([]);
  expect(bench.provider).toMatchObject({ zoneOptional: true, unsure: true });
};

const saysThatTheZoneIsRefused: Exception['check'] = async () => {
  const environment = { ...settings(), BINDTEST_ZONE: 'absent.example' };
  const credentials = { script: 'dns_bindtest', environment };
  const acmeShFolder = join(folder.path, 'acme.sh');
  const secrets = [environment.BINDTEST_KEY];
  const bench = await openProvider('acme-sh', { endpoint: null, acmeShFolder, credentials, secrets });
  const zone = { id: 'absent.example', name: 'absent.example' };
  const error = await failureOf(
    bench.provider.addTxt({ zone, name: '_acme-challenge.absent.example', value: 'one' }, signal),
  );
  expect(error.code).toBe('DNS_PROVIDER_REFUSED');
  expect(error.message).toMatch(/NOTAUTH/);
  expectNoSecrets(bench, error);
};

testDnsProviderRecords({
  name: 'acme-sh',
  async setup() {
    await bind.update('example.com', NAME, []);
    const bench = (script: string, environment: Record<string, string>, timeoutMs?: number) =>
      openProvider('acme-sh', {
        endpoint: null,
        acmeShFolder: join(folder.path, 'acme.sh'),
        credentials: { script, environment },
        secrets: [settings().BINDTEST_KEY, STRANGER],
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
    const hang = { ODDITY: 'hang', REPORT: join(folder.path, `hanging-${randomUUID()}`) };
    return {
      name: NAME,
      open: ({ refused } = {}) =>
        bench('dns_bindtest', { ...settings(), ...(refused ? { BINDTEST_KEY: STRANGER } : {}) }),
      record: async (_, value) => record(value),
      absent: async () => record('one'),
      values: () => bind.lookup(NAME),
      put: (value) => bind.update('example.com', NAME, [value]),
      silence: async (timeoutMs) => ({
        bench: await bench('dns_oddities', hang, timeoutMs),
        record: record('one'),
        isCalled: () => existsSync(hang.REPORT),
      }),
      async close() {
        expect(await leftovers()).toEqual([]);
      },
    };
  },
  exceptions: {
    zones: { reason: 'the script finds the zone, or not', check: saysThatTheZoneIsRefused },
    credentials: { reason: 'a script says in words why it failed', check: saysWhatTheScriptSaid },
  },
});

describe('a script that updates BIND', () => {
  test('reports why it failed, without its secret', async () => {
    const wrong = { ...settings(), BINDTEST_KEY: STRANGER };
    const bench = open('dns_bindtest', wrong);
    const error: unknown = await bench.provider.addTxt(record('one'), signal).catch((reason) => reason);
    expect(error).toMatchObject({
      code: 'DNS_PROVIDER_REFUSED',
      message: expect.stringMatching(
        /dns_bindtest_add failed \(exit code 1\).*BADKEY.*The key \[redacted\] is refused/,
      ),
    });
    expect(`${JSON.stringify(error)} ${String(error)} ${bench.logged()}`).not.toContain('dGhlIHNlY3JldCBv');
    const none = open('dns_bindtest', { BINDTEST_SERVER: '127.0.0.1' }).provider.addTxt(
      record('one'),
      signal,
    );
    await expect(none).rejects.toThrow(/BINDTEST_KEY is not set/);
    expect(await leftovers()).toEqual([]);
  });
});

describe('any script', () => {
  test('receives the name, the value and its own variables in a private folder, and nothing else of Certdesk', async () => {
    const report = join(folder.path, 'report');
    process.env.CERTDESK_TEST_CANARY = 'of the parent';
    const { provider } = open('dns_oddities', { ODDITY: 'report', REPORT: report, SECRET: 'a secret' });
    await provider.addTxt(record('value'), signal).finally(() => delete process.env.CERTDESK_TEST_CANARY);
    const text = await readFile(report, 'utf8');
    const names = [...text.matchAll(/^(\w+)=/gm)].map((match) => match[1]).sort();
    const own = ['ODDITY', 'REPORT', 'SECRET'];
    const given =
      'ACCOUNT_CONF_PATH DOMAIN_CONF HOME LANG LE_CONFIG_HOME LE_WORKING_DIR NO_TIMESTAMP PATH TMPDIR USER_AGENT';
    // The shell adds some of its own.
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))).toEqual(
      [...own, ...given.split(' ')].sort(),
    );
    expect(text).toContain(`ARGUMENTS ${NAME} value`);
    expect(text).toMatch(/^FOLDER \S+certdesk-acme-sh-\w+ drwx------$/m);
    expect(await leftovers()).toEqual([]);
  });

  test('is reported if it fails silently, or with a very long output', async () => {
    const silent = open('dns_oddities', { ODDITY: 'none' }).provider.removeTxt(
      { zoneId: '', name: NAME, value: 'v' },
      signal,
    );
    await expect(silent).rejects.toThrow(/dns_oddities_rm failed \(exit code 1\): no reason given/);
    const bench = open('dns_oddities', { ODDITY: 'chatter', SECRET: 'open sesame, and quickly' });
    const error: unknown = await bench.provider.addTxt(record('v'), signal).catch((reason) => reason);
    expect(error).toMatchObject({
      message: expect.stringContaining('(exit code 7): line 3992 with the secret [redacted]'),
    });
    expect(JSON.stringify(error)).not.toContain('sesame');
  });

  test('is ended with all its children on abort', async () => {
    const report = join(folder.path, 'pids');
    const abort = new AbortController();
    const reason = new Error('stop');
    const { provider } = open('dns_oddities', { ODDITY: 'hang', REPORT: report });
    const added = provider.addTxt(record('v'), abort.signal);
    const read = () => readFile(report, 'utf8').catch(() => '');
    await expect.poll(async () => (await read()).split('\n').length).toBe(3);
    abort.abort(reason);
    await expect(added).rejects.toBe(reason);
    for (const pid of (await read()).trim().split('\n').map(Number)) await expectGone(pid);
    expect(await leftovers()).toEqual([]);
  });

  test('does not outlive a killed Certdesk, and neither does the secret in its folder', async () => {
    const report = join(folder.path, 'kept');
    const credentials = {
      script: 'dns_oddities',
      environment: { ODDITY: 'keep', REPORT: report, SECRET: 'a secret in clear' },
    };
    const options = { timeoutMs: 60_000, acmeShFolder: join(folder.path, 'acme.sh') };
    const code = `
      const { openTestProvider } = await import(${JSON.stringify(SOURCES.bench)});
      const { acmeSh } = await import(${JSON.stringify(SOURCES.provider)});
      const { provider } = openTestProvider(acmeSh, ${JSON.stringify(credentials)}, ${JSON.stringify(options)});
      await provider.addTxt(${JSON.stringify(record('v'))}, new AbortController().signal);`;
    const certdesk = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    const ended = once(certdesk, 'exit');
    const read = async () => (await readFile(report, 'utf8').catch(() => '')).trim().split('\n');
    await expect.poll(async () => (await read()).length).toBe(3);
    const lines = await read();
    const home = lines.find((line) => line.startsWith('/')) ?? '';
    expect(await readFile(join(home, 'account.conf'), 'utf8')).toContain('a secret in clear');
    certdesk.kill('SIGKILL');
    await ended;
    const pids = lines.filter((line) => /^\d+$/.test(line)).map(Number);
    expect(pids).toHaveLength(2);
    await expect.poll(leftovers).toEqual([]);
    for (const pid of pids) await expectGone(pid);
  });

  test('removes the leftovers of a power cut, and leaves running scripts alone', async () => {
    const [old, fresh] = ['old', 'fresh'].map((name) => join(tmpdir(), `certdesk-acme-sh-${name}`));
    for (const path of [old, fresh]) await mkdir(path ?? '');
    await writeFile(join(old ?? '', 'account.conf'), 'SAVED_SECRET=secret');
    const longAgo = new Date(Date.now() - 4 * 3_600_000);
    await utimes(old ?? '', longAgo, longAgo);
    await open('dns_oddities', { ODDITY: 'lie' }).provider.addTxt(record('v'), signal);
    await expect(stat(old ?? '')).rejects.toThrow('ENOENT');
    expect(await leftovers()).toEqual(['certdesk-acme-sh-fresh']);
    await rm(fresh ?? '', { recursive: true });
  });

  test('may wait for its own children, because its watchdog is not one of them', async () => {
    const { provider } = open('dns_oddities', { ODDITY: 'wait' });
    await provider.addTxt(record('v'), signal);
  });

  test('leaves nothing running when it is done', async () => {
    const report = join(folder.path, 'orphan');
    const { provider } = open('dns_oddities', { ODDITY: 'orphan', REPORT: report });
    await provider.addTxt(record('v'), signal);
    await expectGone(Number(await readFile(report, 'utf8')));
  });
});

describe('refuses before anything runs', () => {
  const refused = async (
    credentials: Record<string, string | Record<string, string>>,
    problem: RegExp,
    { acmeShFolder = join(folder.path, 'acme.sh'), code = 'INVALID_REQUEST' } = {},
  ) => {
    const whole = { script: 'dns_bindtest', ...credentials };
    const work = async () =>
      openTestProvider(acmeSh, whole, { acmeShFolder }).provider.addTxt(record('v'), signal);
    await expect(work()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(problem),
    });
  };

  test.each([
    ['a path as a script', { script: '../../evil' }, /script is not the name/],
    ['PATH', { environment: { PATH: '/tmp' } }, /environment may not set PATH/],
    ['LD_PRELOAD', { environment: { LD_PRELOAD: '/tmp/x.so' } }, /environment may not set LD_PRELOAD/],
    ['a program', { environment: { ACME_OPENSSL_BIN: '/tmp/x' } }, /may not set ACME_OPENSSL_BIN/],
    [
      'what the script does not use',
      { environment: { HTTPS_PROXY: 'x' } },
      /sets HTTPS_PROXY, which the script/,
    ],
    ['a name that is none', { environment: { 'A=B': 'c' } }, /environment may not set A=B/],
  ])('%s', (_, credentials, problem) => refused(credentials, problem));

  const code = 'UNSUPPORTED_DNS_PROVIDER';

  test('a folder without acme.sh', () =>
    refused({}, /--acme-sh-folder does not contain \/nowhere\/acme\.sh/, { acmeShFolder: '/nowhere', code }));

  test('a script that does not exist', () =>
    refused({ script: 'dns_absent' }, /--acme-sh-folder does not contain .*dns_absent\.sh/, { code }));

  test('every script if Certdesk was started without the folder', async () => {
    expect(() => openTestProvider(acmeSh, { script: 'dns_bindtest' })).toThrow(
      /Start Certdesk with --acme-sh-folder/,
    );
  });

  test('a script that other users may change', async () => {
    const script = join(folder.path, 'acme.sh', 'dnsapi', 'dns_open.sh');
    await writeFile(script, 'dns_open_add() { :; }\n');
    await chmod(script, 0o666);
    await refused({ script: 'dns_open' }, /which other users can change/, { code });
  });

  test('a script in a folder in which other users may replace it', async () => {
    const open = join(folder.path, 'open');
    await cp(FIXTURE, open, { recursive: true });
    await chmod(open, 0o777);
    await refused({}, /which other users can change \(.*open\)/, { acmeShFolder: open, code });
  });
});
