// pebble-challtestsrv, the DNS server that Pebble queries for validation: one default answer for every name, other
// records on request. https://github.com/letsencrypt/pebble/tree/main/cmd/pebble-challtestsrv#management-interface
import { request } from 'undici';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { startOnPorts, TCP } from '../tools/ports.ts';
import { startProcess } from './process.ts';

/** Accepts host names with or without the trailing dot. Records stay until they are cleared. */
export interface ChallTestSrv {
  /** The management interface, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `127.0.0.1:PORT`, UDP and TCP: also usable as the server of a resolver under test. */
  readonly dnsAddress: string;
  /** The default answer to A (AAAA) queries; an empty string for none. */
  setDefaultIPv4(address: string): Promise<void>;
  setDefaultIPv6(address: string): Promise<void>;
  addA(host: string, addresses: readonly string[]): Promise<void>;
  clearA(host: string): Promise<void>;
  addAaaa(host: string, addresses: readonly string[]): Promise<void>;
  clearAaaa(host: string): Promise<void>;
  /** Adds a value to those of the name. */
  setTxt(host: string, value: string): Promise<void>;
  /** Removes every value of the name. */
  clearTxt(host: string): Promise<void>;
  setCname(host: string, target: string): Promise<void>;
  clearCname(host: string): Promise<void>;
  setServfail(host: string): Promise<void>;
  clearServfail(host: string): Promise<void>;
  output(): string;
  stop(): Promise<void>;
}

/** Answers every A query with 127.0.0.1 and AAAA queries with nothing by default. */
export function startChallTestSrv(): Promise<ChallTestSrv> {
  return startOnPorts([{ udp: true }, TCP], ([dnsPort = 0, managementPort = 0], release) =>
    launch(dnsPort, managementPort, release),
  );
}

async function launch(dnsPort: number, managementPort: number, release: () => void): Promise<ChallTestSrv> {
  const dnsAddress = `127.0.0.1:${dnsPort}`;
  const url = `http://127.0.0.1:${managementPort}`;
  const process = startProcess(toolPath('CERTDESK_TEST_CHALLTESTSRV'), [
    ...['-dnsserver', dnsAddress, '-management', `127.0.0.1:${managementPort}`],
    ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', ''],
    ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
  ]);
  const post = async (path: string, body: object): Promise<void> => {
    const { statusCode, body: answer } = await request(`${url}/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`challtestsrv /${path}: ${statusCode} ${text}`);
  };
  try {
    await process.waitUntil(() => answers(post('clear-txt', { host: 'ready.invalid' })), 60_000);
  } catch (error) {
    await process.stop();
    throw error;
  }
  return {
    url,
    dnsAddress,
    setDefaultIPv4: (ip) => post('set-default-ipv4', { ip }),
    setDefaultIPv6: (ip) => post('set-default-ipv6', { ip }),
    addA: (host, addresses) => post('add-a', { host, addresses }),
    clearA: (host) => post('clear-a', { host }),
    addAaaa: (host, addresses) => post('add-aaaa', { host, addresses }),
    clearAaaa: (host) => post('clear-aaaa', { host }),
    setTxt: (host, value) => post('set-txt', { host, value }),
    clearTxt: (host) => post('clear-txt', { host }),
    setCname: (host, target) => post('set-cname', { host, target }),
    clearCname: (host) => post('clear-cname', { host }),
    setServfail: (host) => post('set-servfail', { host }),
    clearServfail: (host) => post('clear-servfail', { host }),
    output: process.output,
    async stop() {
      await process.stop();
      release();
    },
  };
}

/** Whether the promise resolves: a readiness check for a server. */
export function answers(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
