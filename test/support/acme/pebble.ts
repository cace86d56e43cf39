// A real Pebble (https://github.com/letsencrypt/pebble), the ACME CA for tests, and the DNS server that it queries.
// `const pebble = await startPebble()` starts both: the directory is pebble.directoryUrl, trusted through
// pebble.rootPem; http-01 validation connects to 127.0.0.1:pebble.httpPort for every name; dns-01 validation sees the
// values of pebble.challtestsrv.setTxt. Differences from Pebble's defaults: no sleep before validation, no rejected
// nonces, no reused authorizations, and one profile (`default`), because Pebble picks one at random if an order names
// none.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { startOnPorts, TCP } from '../tools/ports.ts';
import { answers, type ChallTestSrv, startChallTestSrv } from './challtestsrv.ts';
import { startProcess, type TestProcess } from './process.ts';
import { makeFolder, makeTls } from './tls.ts';

export interface PebbleOptions {
  /** Overrides the defaults: PEBBLE_WFE_NONCEREJECT (percent), PEBBLE_CHAIN_LENGTH, PEBBLE_ALTERNATE_ROOTS ... */
  readonly env?: Readonly<Record<string, string>>;
  /** Fields of the `pebble` object of its configuration that override those below: `retryAfter` ... */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Key id -> HMAC key (base64url, 32 octets or more). If given, accounts need one of them. */
  readonly eabKeys?: Readonly<Record<string, string>>;
  /** Names (and everything below them) that it refuses with rejectedIdentifier. */
  readonly domainBlocklist?: readonly string[];
  /** Validity of certificates of the `default` profile, in seconds; default: 90 days. */
  readonly validitySeconds?: number;
  /** Replaces the profile `default`; name -> validity in seconds. Orders should then name one. */
  readonly profiles?: Readonly<Record<string, number>>;
  /** Percent of good nonces that are rejected; default: 0 (Pebble's own default is 5). */
  readonly nonceReject?: number;
  /** `host:port` of a DNS server (queried over TCP) that replaces challtestsrv, which then runs unused. */
  readonly dnsServer?: string;
  /** The port of http-01 validation; default: a free port. */
  readonly httpPort?: number;
  /** The port of the directory; default: a free port. Two in a row on one port simulate a CA that has lost its data. */
  readonly port?: number;
}

export interface CertificateStatus {
  readonly status: 'Valid' | 'Revoked';
  /** RFC 5280 section 5.3.1; null without a reason or a revocation. */
  readonly reason: number | null;
}

export interface Pebble {
  /** `https://127.0.0.1:PORT/dir` */
  readonly directoryUrl: string;
  /** PEM of the root of the ACME and management interfaces. It is not the root of issued certificates. */
  readonly rootPem: string;
  readonly managementUrl: string;
  /** The port of http-01 validation, whatever the name resolves to. */
  readonly httpPort: number;
  /** The port of tls-alpn-01 validation, whatever the name resolves to. */
  readonly tlsPort: number;
  readonly challtestsrv: ChallTestSrv;
  /** PEM of the root of each offered chain, the default chain's first; they change with every start. */
  issuerRoots(): Promise<readonly string[]>;
  /** PEM of each chain's issuing intermediate, in the same order. */
  issuerIntermediates(): Promise<readonly string[]>;
  /** @param serial Hex, any case. Null if it issued no such certificate. */
  certificateStatus(serial: string): Promise<CertificateStatus | null>;
  /** Sets the ARI answer for the certificate to `response` (any text, even invalid). */
  setRenewalInfo(certificatePem: string, response: string): Promise<void>;
  /** For a test that pauses it (SIGSTOP, SIGCONT). */
  readonly pid: number;
  /** The ACME requests served so far: `POST /order-plz` ... (without management requests). */
  requests(): readonly string[];
  /** Pebble's own log, which only grows. */
  log(): string;
  /** The logs of Pebble and challtestsrv, to diagnose a failing test. */
  output(): string;
  /** Stops both by their pid and removes the temporary folder. May be called twice. */
  stop(): Promise<void>;
}

/** Starts Pebble 2.10 or later; ready when it resolves, after some 200 ms. */
export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  return startOnPorts(
    [TCP, TCP, TCP, TCP],
    ([port = 0, managementPort = 0, httpPort = 0, tlsPort = 0], release) =>
      launch(options, { port, managementPort, httpPort, tlsPort, ...givenPorts(options) }, release),
  );
}

interface PebblePorts {
  readonly port: number;
  readonly managementPort: number;
  readonly httpPort: number;
  readonly tlsPort: number;
}

function givenPorts({ port, httpPort }: PebbleOptions): Partial<PebblePorts> {
  return { ...(port === undefined ? {} : { port }), ...(httpPort === undefined ? {} : { httpPort }) };
}

/** @param release Called when Pebble has stopped: its ports are reserved until then. */
async function launch(options: PebbleOptions, ports: PebblePorts, release: () => void): Promise<Pebble> {
  const folder = await makeFolder('pebble');
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((part) => part.stop()));
    await folder.remove();
    release();
  };
  try {
    const tls = await makeTls(folder.path);
    const challtestsrv = await startChallTestSrv();
    started.push(challtestsrv);
    const { port, managementPort, httpPort } = ports;
    const configPath = join(folder.path, 'config.json');
    const config = makeConfig(options, ports, { certificate: tls.certPath, privateKey: tls.keyPath });
    await writeFile(configPath, JSON.stringify({ pebble: config }));
    const process = startProcess(
      toolPath('CERTDESK_TEST_PEBBLE'),
      ['-config', configPath, '-dnsserver', options.dnsServer ?? challtestsrv.dnsAddress],
      environment(options),
    );
    const directoryUrl = `https://127.0.0.1:${port}/dir`;
    const managementUrl = `https://127.0.0.1:${managementPort}`;
    const http = createHttp(tls.rootPem);
    started.push(process, http);
    await process.waitUntil(
      async () =>
        (await answers(http.get(`${managementUrl}/roots/0`))) && (await answers(http.get(directoryUrl))),
      60_000,
    );
    const access = managementAccess(http, managementUrl);
    const reporting = report(process, challtestsrv);
    return {
      directoryUrl,
      rootPem: tls.rootPem,
      managementUrl,
      httpPort,
      tlsPort: ports.tlsPort,
      challtestsrv,
      pid: process.pid,
      ...access,
      ...reporting,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function environment(options: PebbleOptions): Record<string, string> {
  return {
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: String(options.nonceReject ?? 0),
    // Pebble compares with `>`: one authorization in a hundred is reused even at 0 percent.
    PEBBLE_AUTHZREUSE: '0',
    ...options.env,
  };
}

function makeConfig(
  options: PebbleOptions,
  ports: PebblePorts,
  tls: { certificate: string; privateKey: string },
): object {
  const profiles = options.profiles ?? { default: options.validitySeconds ?? 7_776_000 };
  return {
    listenAddress: `127.0.0.1:${ports.port}`,
    managementListenAddress: `127.0.0.1:${ports.managementPort}`,
    ...tls,
    httpPort: ports.httpPort,
    tlsPort: ports.tlsPort,
    ocspResponderURL: '',
    keyAlgorithm: 'ecdsa',
    externalAccountBindingRequired: options.eabKeys !== undefined,
    externalAccountMACKeys: options.eabKeys ?? {},
    domainBlocklist: options.domainBlocklist ?? [],
    profiles: Object.fromEntries(
      Object.entries(profiles).map(([name, seconds]) => [
        name,
        { description: `The profile ${name}`, validityPeriod: seconds },
      ]),
    ),
    ...options.config,
  };
}

interface Http {
  /** The body of a 200, null for a 404. */
  get(url: string): Promise<string | null>;
  post(url: string, body: object): Promise<string | null>;
  stop(): Promise<void>;
}

function createHttp(rootPem: string): Http {
  const agent = new Agent({ connect: { ca: rootPem } });
  const send = async (url: string, method: 'GET' | 'POST', body?: string): Promise<string | null> => {
    const answer = await request(url, {
      method,
      body: body ?? null,
      dispatcher: agent,
      headers: { 'user-agent': 'certdesk-tests' },
    });
    const text = await answer.body.text();
    if (answer.statusCode === 404) return null;
    if (answer.statusCode !== 200) throw new Error(`${method} ${url}: ${answer.statusCode} ${text}`);
    return text;
  };
  return {
    get: (url) => send(url, 'GET'),
    post: (url, body) => send(url, 'POST', JSON.stringify(body)),
    stop: () => agent.destroy(),
  };
}

/** https://github.com/letsencrypt/pebble#management-interface */
function managementAccess(
  http: Http,
  url: string,
): Pick<Pebble, 'issuerRoots' | 'issuerIntermediates' | 'certificateStatus' | 'setRenewalInfo'> {
  const all = async (path: string): Promise<string[]> => {
    const found: string[] = [];
    for (;;) {
      const pem = await http.get(`${url}/${path}/${found.length}`);
      if (pem === null) return found;
      found.push(pem);
    }
  };
  return {
    issuerRoots: () => all('roots'),
    issuerIntermediates: () => all('intermediates'),
    async certificateStatus(serial) {
      const text = await http.get(`${url}/cert-status-by-serial/${serial}`);
      if (text === null) return null;
      const answer: { Status: 'Valid' | 'Revoked'; Reason?: number } = JSON.parse(text);
      return { status: answer.Status, reason: answer.Reason ?? null };
    },
    async setRenewalInfo(certificatePem, response) {
      await http.post(`${url}/set-renewal-info/`, { Certificate: certificatePem, ARIResponse: response });
    },
  };
}

function report(
  process: TestProcess,
  challtestsrv: ChallTestSrv,
): Pick<Pebble, 'requests' | 'log' | 'output'> {
  return {
    log: process.output,
    requests: () =>
      [...process.output().matchAll(/(GET|HEAD|POST) (\/\S*) -> calling handler/g)].map(
        ([, method, path]) => `${method} ${path}`,
      ),
    output: () => `${process.output()}\n${challtestsrv.output()}`,
  };
}
