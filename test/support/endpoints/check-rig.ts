// Checks servers of tests like the engine does, with a resolver that knows only the given addresses.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { type CheckResult, checkEndpoint } from '../../../src/main/engine/endpoints/check.ts';
import { ANY_CERTIFICATE, type Expected } from '../../../src/main/engine/endpoints/findings.ts';
import { createProbe } from '../../../src/main/engine/endpoints/probe.ts';
import { createTrust } from '../../../src/main/engine/endpoints/trust.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { createCrlFetcher } from '../../../src/main/engine/revocation/crl-fetcher.ts';
import { lookUpCrl } from '../../../src/main/headless/check-crl.ts';
import type { Protocol } from '../../../src/shared/endpoint.ts';
import { LOOPBACK_NETWORKS } from '../tools/network.ts';
import { portOf } from '../tools/ports.ts';
import { NAME } from './chains.ts';

export interface CheckOnRig {
  readonly port: number;
  /** What the host resolves to; default: 127.0.0.1. */
  readonly addresses?: readonly string[];
  readonly protocol?: Protocol;
  /** Default: NAME. */
  readonly serverName?: string | null;
  readonly expected?: Partial<Expected>;
  /** PEM. */
  readonly root: string;
}

export async function checkOnRig(given: CheckOnRig): Promise<CheckResult> {
  const { port, addresses = ['127.0.0.1'], protocol = 'tls', serverName = NAME, expected = {}, root } = given;
  const policy = createAddressPolicy({
    allowPrivate: LOOPBACK_NETWORKS,
    lookup: (_, __, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
      ),
  });
  const clock = { now: () => new Date() };
  const fetcher = createCrlFetcher(policy);
  const crls = {
    fetchCrl: fetcher.fetch,
    lookUpCrl: async (input: Parameters<typeof lookUpCrl>[0]) => lookUpCrl(input),
  };
  try {
    return await checkEndpoint(
      { probe: createProbe({ policy, clock }), policy, clock, crls },
      {
        host: NAME,
        port,
        protocol,
        serverName,
        expected: { names: [NAME], ...ANY_CERTIFICATE, ...expected },
      },
      {
        signal: new AbortController().signal,
        origin: 'named',
        trust: createTrust([root]),
        timeoutMs: 60_000,
      },
    );
  } finally {
    await fetcher.close();
  }
}

export const codesOf = ({ findings }: CheckResult): readonly string[] => findings.map(({ code }) => code);

export interface CrlServer {
  /** Where `name` will be served. */
  url(name: string): string;
  serve(name: string, crl: Buffer): void;
  close(): void;
}

/** Serves revocation lists on 127.0.0.1. */
export async function startCrlServer(): Promise<CrlServer> {
  const lists = new Map<string, Buffer>();
  const server: Server = createServer((request, reply) => {
    const list = lists.get(request.url?.slice(1) ?? '');
    reply.writeHead(list === undefined ? 404 : 200).end(list);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: (name) => `http://127.0.0.1:${portOf(server)}/${name}`,
    serve: (name, crl) => void lists.set(name, crl),
    close: () => void server.close(),
  };
}
