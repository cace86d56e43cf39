// How the options of the command line and of the environment are parsed.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import {
  argsFromEnvironment,
  plainHttpRefusal,
  readDesktopOptions,
} from '../../src/main/platform/options.ts';

test.each([
  '192.0.2.1:53',
  '192.0.2.1',
  '[2001:db8::1]:5353',
  '2001:db8::1',
  'localhost:53',
  'ns.example.com:53',
])('accepts --dns-resolver %s', (server) =>
  expect(readDesktopOptions(['--dns-resolver', server]).dnsResolver).toEqual([server]),
);

test.each([
  'nonsense',
  'ns.example.com',
  '192.0.2.1:0',
  '192.0.2.1:99999',
  '192.0.2.1:x',
  'https://1.1.1.1',
  '[::1',
])('refuses --dns-resolver %s, and names it', (server) => {
  const read = () => readDesktopOptions(['--dns-resolver', '192.0.2.1:53', '--dns-resolver', server]);
  expect(read).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  expect(read).toThrow(/^certdesk: [^\n]*--dns-resolver[^\n]* is invalid\. Use HOST:PORT[^\n]*$/);
  expect(read).toThrow(server);
});

test.each([
  ['certs.example.com', 'certs.example.com'],
  ['Certs.Example.com.', 'certs.example.com'],
  ['https://certs.example.com', 'certs.example.com'],
  ['https://certs.example.com:8443/certdesk/', 'certs.example.com'],
  ['certs.example.com:443', 'certs.example.com'],
  ['certs.example.com/certdesk', 'certs.example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['intranet', 'intranet'],
])('parses --allowed-host %s as %s', (given, host) =>
  expect(readDesktopOptions(['--allowed-host', given]).allowedHost).toEqual([host]),
);

test.each(['*.example.com', 'https://*.example.com', '*', 'https://', 'user@example.com', 'a:b:c'])(
  'refuses --allowed-host %s, and shows the right form',
  (given) => {
    const read = () => readDesktopOptions(['--allowed-host', given]);
    expect(read).toThrow(/--allowed-host[^\n]* is invalid\. [^\n]*certs\.example\.com\.$/);
  },
);

describe('plain HTTP', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('is served on %s', (host) => {
    expect(plainHttpRefusal(readDesktopOptions(['--host', host]))).toBeNull();
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', '::ffff:192.0.2.1', 'server.example.com', '127.0.0.1.example.com'])(
    'is refused on %s without --insecure-http, and the error names the option',
    (host) => {
      const refusal = plainHttpRefusal(readDesktopOptions(['--host', host]));
      expect(refusal).toMatch(/--https.*reverse proxy with HTTPS.*--insecure-http/);
      expect(plainHttpRefusal(readDesktopOptions(['--host', host, '--insecure-http']))).toBeNull();
    },
  );

  it.each([
    ['1', true],
    ['true', true],
    ['false', false],
    ['0', false],
    ['', false],
  ])('reads CERTDESK_INSECURE_HTTP=%s as %s', (value, expected) => {
    vi.stubEnv('CERTDESK_INSECURE_HTTP', value);
    expect(readDesktopOptions([]).insecureHttp).toBe(expected);
    expect(argsFromEnvironment([]).includes('--insecure-http')).toBe(expected);
  });
});

describe('HTTPS', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    [[], undefined],
    [['--https'], true],
    [['--no-https'], false],
  ] as const)('with %j is %s: undefined leaves it to the settings', (args, expected) => {
    expect(readDesktopOptions(args).https).toBe(expected);
  });

  it('is set by environment variables, which the command line overrides', () => {
    vi.stubEnv('CERTDESK_HTTPS', '1');
    vi.stubEnv('CERTDESK_HTTPS_PROJECT', 'certs.example.com');
    vi.stubEnv('CERTDESK_HTTP_REDIRECT', 'true');
    const given = { https: true, httpsProject: 'certs.example.com', httpRedirect: true };
    expect(readDesktopOptions([])).toMatchObject(given);
    expect(readDesktopOptions(['--no-https']).https).toBe(false);
    expect(readDesktopOptions(argsFromEnvironment([]))).toMatchObject(given);
    vi.stubEnv('CERTDESK_HTTPS', '0');
    expect(readDesktopOptions([]).https).toBeUndefined();
  });
});

describe('--allow-private', () => {
  test('accepts networks and addresses, several of them', () => {
    const args = ['--allow-private', '10.0.0.0/8', '--allow-private', 'fd00::/8 192.168.1.1'];
    expect(readDesktopOptions(args).allowPrivate).toEqual(['10.0.0.0/8', 'fd00::/8', '192.168.1.1']);
    expect(readDesktopOptions([]).allowPrivate).toEqual([]);
  });

  test.each(['intranet', '10.0.0.0/33', '10.0.0/8', 'all'])('refuses %s, and names it', (network) =>
    expect(() => readDesktopOptions(['--allow-private', network])).toThrow(
      new RegExp(`--allow-private.*${network.replaceAll('.', '\\.')}.*CIDR`),
    ),
  );
});

describe('the arguments that repeat the environment', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/^(CERTDESK_|XDG_)/.test(name)) vi.stubEnv(name, undefined);
  });
  afterEach(() => void vi.unstubAllEnvs());

  it('are empty if the environment sets nothing', () => {
    expect(argsFromEnvironment([])).toEqual([]);
    expect(argsFromEnvironment(['--port', '80', '--data-dir', 'x'])).toEqual([]);
  });

  it('are parsed elsewhere with the same result', () => {
    const env = {
      CERTDESK_DATA_DIR: 'data of mine',
      CERTDESK_PORT: '8080',
      CERTDESK_CHALLENGE_PORT: '5002',
      CERTDESK_ACME_CA_FILE: 'root.pem',
      CERTDESK_DNS_RESOLVER: '192.0.2.1:53 192.0.2.2:53',
      CERTDESK_ALLOW_PRIVATE: '10.0.0.0/8 fd00::/8',
      CERTDESK_DNS_ENDPOINT: 'cloudflare=https://127.0.0.1:1/a godaddy=https://127.0.0.1:1/b',
    };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const given = ['--challenge-port', '80', '--disable-gpu'];
    const here = readDesktopOptions(given);
    const args = [...argsFromEnvironment(given), ...given];
    vi.unstubAllEnvs();
    expect(readDesktopOptions(args)).toEqual(here);
    expect(here).toMatchObject({
      dataDir: 'data of mine',
      port: 8080,
      challengePort: 80,
      acmeCaFile: 'root.pem',
      allowPrivate: ['10.0.0.0/8', 'fd00::/8'],
    });
    expect(args.filter((arg) => arg.startsWith('--challenge-port'))).toEqual(['--challenge-port']);
  });

  it.runIf(process.platform === 'linux')('have the data folder if XDG_DATA_HOME has moved it', () => {
    vi.stubEnv('XDG_DATA_HOME', '/elsewhere');
    expect(argsFromEnvironment([])).toEqual(['--data-dir=/elsewhere/certdesk']);
    expect(argsFromEnvironment(['--data-dir', '/mine'])).toEqual([]);
    vi.stubEnv('CERTDESK_DATA_DIR', '/named');
    expect(argsFromEnvironment([])).toEqual(['--data-dir=/named']);
    vi.stubEnv('CERTDESK_DATA_DIR', undefined);
    vi.stubEnv('XDG_DATA_HOME', join(homedir(), '.local/share')); // as many desktops set it
    expect(argsFromEnvironment([])).toEqual([]);
  });
});
