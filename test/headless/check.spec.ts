// `certdesk check` as a user runs it: no server, no data folder; tables, JSON, exit codes.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { UNPRINTABLE } from '../../src/shared/unprintable.ts';
import type { Daemon, ServedPair } from '../support/daemons/daemon.ts';
import { type NginxBlock, startNginx } from '../support/daemons/nginx.ts';
import { createTestPki, NAME, type TestPki } from '../support/endpoints/chains.ts';
import { type CrlServer, startCrlServer } from '../support/endpoints/check-rig.ts';
import {
  DIALOGUES,
  type PlaintextServer,
  speak,
  startPlaintextServer,
  upgrade,
} from '../support/endpoints/plaintext-servers.ts';
import { makeCrl } from '../support/engine/crl.ts';
import { runCli } from '../support/server/cli.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const check = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(['check', ...args], { env: { ...env, NO_COLOR: '1' } });

describeWith(['openssl', 'nginx'], 'certdesk check', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let leaf: CertifiedKey;
  let root = '';
  let full: ServedPair;
  const open: (Daemon | PlaintextServer | CrlServer)[] = [];

  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    leaf = await pki.issueLeaf({ san: [`DNS:${NAME}`, 'IP:127.0.0.1', 'IP:127.0.0.2'] });
    root = await openssl.file(pki.root.certificate);
    full = {
      chain: [leaf, pki.lower, pki.upper].map(({ certificate }) => certificate).join(''),
      privateKey: leaf.privateKey,
    };
  }, 600_000);
  afterEach(async () => {
    for (const each of open.splice(0)) await ('stop' in each ? each.stop() : each.close());
  });
  afterAll(() => openssl?.remove());

  async function nginx(...blocks: readonly NginxBlock[]): Promise<number> {
    const daemon = await startNginx(blocks);
    open.push(daemon);
    return daemon.port;
  }
  const named = ['--servername', NAME];
  const trusting = () => [...named, '--ca-file', root];

  it('prints a table and exits with 0 if nothing is wrong', async () => {
    const port = await nginx({ pair: full });
    const { code, stdout, stderr } = await check([`127.0.0.1:${port}`, ...trusting()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`127.0.0.1:${port} as mail.example.com`);
    expect(lines[1]).toMatch(/^ {2}ADDRESS +TLS +CERTIFICATE +ISSUER +EXPIRES$/);
    expect(lines[2]).toMatch(
      /^ {2}127\.0\.0\.1 +1\.2 +mail\.example\.com +Test Lower +\d{4}-\d\d-\d\d \(in 79 days\)$/,
    );
    expect(lines.slice(3)).toEqual(['  ok', '']);
  });

  it('trusts NODE_EXTRA_CA_CERTS, and expects an IP address to be in the certificate', async () => {
    const port = await nginx({ pair: full });
    expect((await check([`127.0.0.1:${port}`], { NODE_EXTRA_CA_CERTS: root })).code).toBe(0);
    const { code, stdout } = await check([`127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stdout).toContain('critical missing-intermediate');
  });

  it('does not let an intermediate in NODE_EXTRA_CA_CERTS complete the chain', async () => {
    const port = await nginx({ pair: { ...full, chain: leaf.certificate } });
    const extra = await openssl.file(pki.root.certificate + pki.lower.certificate + pki.upper.certificate);
    const { code, stdout } = await check([`127.0.0.1:${port}`, '--json'], { NODE_EXTRA_CA_CERTS: extra });
    expect({
      code,
      codes: JSON.parse(stdout)[0].findings.map((each: { code: string }) => each.code),
    }).toEqual({
      code: 1,
      codes: ['missing-intermediate'],
    });
  });

  it('says what is wrong and what to do, for each host in the order given', async () => {
    const port = await nginx({ pair: { ...full, chain: leaf.certificate } });
    const { code, stdout } = await check([`127.0.0.1:${port}`, `127.0.0.2:${port}`, ...trusting()]);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(3, 8)).toEqual([
      '  critical missing-intermediate',
      '    127.0.0.1: The server does not send the certificate of Test Lower, which issued mail.example.com and is not a trusted root.',
      '    Configure the full chain (fullchain.pem) instead of the certificate alone. If Test Lower is the root of a private CA, trust it instead.',
      '',
      `127.0.0.2:${port} as mail.example.com`,
    ]);
    expect(stdout).toContain('critical unreachable');
  });

  it('prints JSON with the chain as sent', async () => {
    const port = await nginx({ pair: full });
    const { code, stdout } = await check([`127.0.0.1:${port}`, '--json', ...trusting()]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        host: '127.0.0.1',
        port,
        protocol: 'tls',
        serverName: NAME,
        state: 'ok',
        findings: [],
        addresses: [
          {
            address: '127.0.0.1',
            state: 'presented',
            tlsVersion: 'TLS 1.2',
            chain: [
              { subject: NAME, issuer: 'Test Lower', names: [NAME, '127.0.0.1', '127.0.0.2'] },
              { subject: 'Test Lower', issuer: 'Test Upper' },
              { subject: 'Test Upper', issuer: 'Test Root' },
            ],
          },
        ],
      },
    ]);
  });

  it('speaks the protocol of --starttls', async () => {
    const server = await startPlaintextServer(async (socket, complain) => {
      await speak(socket, DIALOGUES.imap.accepts, complain);
      upgrade(socket, full);
    });
    open.push(server);
    const { code, stdout } = await check([`127.0.0.1:${server.port}`, '--starttls', 'imap', ...trusting()]);
    expect(code).toBe(0);
    expect(stdout).toContain(`127.0.0.1:${server.port} (imap) as mail.example.com\n`);
  });

  it('prints the hosts in the order given, each as soon as those before it are done', async () => {
    const port = await nginx({ pair: full });
    const silent = await startPlaintextServer(async () => undefined);
    open.push(silent);
    const hosts = [`127.0.0.1:${port}`, `127.0.0.1:${silent.port}`, `127.0.0.1:${port}`];
    const first = Promise.withResolvers<void>();
    const { stdout } = await runCli(['check', ...hosts, ...trusting()], {
      onOutput: (text) => (/^ {2}ok\n/m.test(text) ? first.resolve() : undefined),
      interrupt: first.promise,
    });
    expect(stdout.match(/ as mail\.example\.com\n/g)).toHaveLength(1);
  });

  it('reads the revocation list of a private CA in a private network', async () => {
    const lists = await startCrlServer();
    open.push(lists);
    const serial = '1234ABCD';
    const extensions = [`crlDistributionPoints = URI:${lists.url('list.crl')}`];
    const own = await pki.issueLeaf({ serial, extensions });
    lists.serve(
      'list.crl',
      await makeCrl(openssl, { ca: pki.lower, revoked: { [serial]: 'keyCompromise' } }),
    );
    const chain = [own, pki.lower, pki.upper].map(({ certificate }) => certificate).join('');
    const port = await nginx({ pair: { chain, privateKey: own.privateKey } });
    const { code, stdout } = await check([`127.0.0.1:${port}`, ...trusting()]);
    expect(code).toBe(1);
    expect(stdout).toContain('critical revoked');
    expect(stdout).toContain('(keyCompromise)');
  });

  it('escapes control characters in the names of a certificate', async () => {
    const hostile = await pki.issueLeaf({ subject: '/CN=a\u001b[31mred\u202e', san: ['DNS:x.example'] });
    const port = await nginx({ pair: { chain: hostile.certificate, privateKey: hostile.privateKey } });
    const { stdout } = await check([`127.0.0.1:${port}`]);
    expect(stdout).toContain('red');
    expect(UNPRINTABLE.test(stdout.replaceAll('\n', ''))).toBe(false);
  });

  it('leaves no file anywhere, and reads no data folder', async () => {
    const home = mkdtempSync(join(tmpdir(), 'certdesk-home-'));
    const port = await nginx({ pair: full });
    const { code } = await check([`127.0.0.1:${port}`, ...trusting()], {
      HOME: home,
      CERTDESK_DATA_DIR: '/nonexistent',
    });
    expect(code).toBe(0);
    expect(readdirSync(home)).toEqual([]);
    rmSync(home, { recursive: true });
  });

  describe('exits with 2 and one line for', () => {
    it.each([
      ['no host', [], /missing required argument 'host'/],
      ['an unknown option', ['a.example', '--frobnicate'], /unknown option '--frobnicate'/],
      ['an unknown protocol', ['a.example', '--starttls', 'gopher'], /Allowed choices are tls, smtp/],
      [
        'a port that is none',
        ['a.example:99999'],
        /a\.example:99999 is not HOST, HOST:PORT or \[IPV6\]:PORT/,
      ],
      ['a URL', ['https://a.example/x'], /https:\/\/a\.example\/x is not HOST.* Did you mean a\.example\?/],
      ['a URL with a port', ['smtp://a.example:587'], / Did you mean a\.example:587\?/],
      ['an empty host', [':443'], /:443 is not HOST/],
      ['an empty argument', [''], /An empty argument is not HOST/],
      ['IPv6 with a port but no brackets', ['::1:33669'], / Did you mean \[::1\]:33669\?/],
      ['IPv6 that may have a port', ['::1:443'], /Enter \[::1:443\] or \[::1\]:443/],
      ['IPv4 in brackets', ['[127.0.0.1]:443'], / Did you mean 127\.0\.0\.1:443\?/],
      ['half an IP address', ['127.1'], /127\.1 is no IP address: enter four numbers/],
      ['a wildcard', ['*.a.example'], /is a wildcard\. Enter a host that it covers/],
      ['an invalid name', ['a..example'], /The name a\.\.example is not a valid host name/],
      [
        'a file that does not exist',
        ['a.example', '--ca-file', '/nonexistent'],
        /Cannot read \/nonexistent: ENOENT/,
      ],
      [
        'a file without certificates',
        ['a.example', '--ca-file', '/dev/null'],
        /\/dev\/null contains no root certificate/,
      ],
    ])('%s', async (_, args, message) => {
      const { code, stdout, stderr } = await check(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr.match(/\n/g)).toHaveLength(1);
      expect(stderr).toMatch(/^certdesk: /);
    });
  });
});
