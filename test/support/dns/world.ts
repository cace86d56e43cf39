// A zone with several name servers, whose answers a test sets, and the resolver that knows them.

import type { DnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import { createDnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { createVirtualTiming, type VirtualTiming } from '../engine/virtual-time.ts';
import { LOOPBACK_NETWORKS } from '../tools/network.ts';
import { startOnPorts } from '../tools/ports.ts';
import { answersFrom, type NameServer, type Respond, startNameServer, toAnswer } from './name-server.ts';

/** A name server that receives every query and never answers. */
export const mute: Respond = () => null;
/**
 * A silent server has a short time-out, because every query waits for it; all others get as long as a busy machine
 * may need.
 */
const MUTE_MS = 60;
const PATIENT_MS = 20_000;
/** Name servers are on loopback, and on documentation addresses that lead nowhere. */
const POLICY = createAddressPolicy({ allowPrivate: [...LOOPBACK_NETWORKS, '2001:db8::/32'] });

export interface DnsWorld {
  /** Its resolver is `127.0.0.1`; its name servers are `127.0.0.2` ... on the same port. */
  readonly port: number;
  readonly recursor: NameServer;
  readonly authorities: readonly NameServer[];
  /** Knows the recursor and the port of the name servers. */
  readonly resolver: DnsResolver;
  /** Its time is frozen during queries of `resolver`. */
  readonly timing: VirtualTiming;
  /** Another server at the port of the name servers. */
  add(address: string, respond: Respond): Promise<NameServer>;
  close(): Promise<void>;
}

export interface DnsWorldOptions {
  readonly zone?: string;
  /** One for each name server; null: no server listens at its address. */
  readonly authorities: readonly (Respond | null)[];
  /** Further records of the recursor besides the zone's SOA and NS and the name servers' addresses. */
  readonly records?: Readonly<Record<string, readonly string[]>>;
  /** Further addresses of the first name server, which need not answer. */
  readonly moreAddresses?: readonly string[];
  /** Treats the recursor as configured in the settings, so that the final check uses it; default: false. */
  readonly configured?: boolean;
}

export function startDnsWorld(options: DnsWorldOptions): Promise<DnsWorld> {
  const own = options.authorities.map((_, index) => `127.0.0.${index + 2}`);
  const addresses = ['127.0.0.1', ...own, ...(options.moreAddresses ?? [])];
  return startOnPorts([{ addresses, udp: true }], async ([port = 0], release) => {
    const servers: NameServer[] = [];
    const close = async (): Promise<void> => {
      await Promise.all(servers.splice(0).map((server) => server.close()));
      release();
    };
    const start = async (respond: Respond, address: string): Promise<NameServer> => {
      const server = await startNameServer(respond, { address, port });
      servers.push(server);
      return server;
    };
    try {
      return { ...(await startServers(options, port, start)), close };
    } catch (error) {
      await close();
      throw error;
    }
  });
}

async function startServers(
  options: DnsWorldOptions,
  port: number,
  start: (respond: Respond, address: string) => Promise<NameServer>,
): Promise<Omit<DnsWorld, 'close'>> {
  const { zone = 'example.com' } = options;
  const hosts = options.authorities.map((_, index) => ({
    host: `ns${index + 1}.${zone}`,
    address: `127.0.0.${index + 2}`,
  }));
  const more = options.moreAddresses ?? [];
  const recursor = await start(
    answersFrom({
      [`${zone} SOA`]: [`ns1.${zone}`],
      [`${zone} NS`]: hosts.map(({ host }) => host),
      ...Object.fromEntries(hosts.map(({ host, address }) => [`${host} A`, [address]])),
      [`ns1.${zone} A`]: ['127.0.0.2', ...more.filter((address) => !address.includes(':'))],
      [`ns1.${zone} AAAA`]: more.filter((address) => address.includes(':')),
      ...options.records,
    }),
    '127.0.0.1',
  );
  const timing = createVirtualTiming();
  const resolverWith = (timeoutMs: number) =>
    createDnsResolver({
      servers: [recursor.server],
      timeoutMs,
      authorityPort: port,
      addressPolicy: POLICY,
    });
  const [patient, brief] = [resolverWith(PATIENT_MS), resolverWith(MUTE_MS)];
  const silent = new Set(more.map((address) => patient.authority(address)));
  const add = async (address: string, respond: Respond): Promise<NameServer> => {
    const server = await start(respond, address);
    if (respond === mute) silent.add(server.server);
    else silent.delete(server.server);
    return server;
  };
  const authorities: NameServer[] = [];
  for (const [index, { address }] of hosts.entries()) {
    const respond = options.authorities[index];
    if (respond) authorities.push(await add(address, respond));
  }
  return {
    port,
    recursor,
    authorities,
    resolver: {
      ...patient,
      configured: options.configured ?? false,
      ask: (server, question, how) =>
        timing.track((silent.has(server) ? brief : patient).ask(server, question, how)),
      resolve: (question, signal) => timing.track(patient.resolve(question, signal)),
    },
    timing,
    add,
  };
}

/** A name server with these TXT values at every name. */
export function showing(...values: readonly string[]): Respond {
  return ({ name, type }) => ({
    authoritative: true,
    answers: type === 'TXT' ? values.map((value) => toAnswer(name, 'TXT', value)) : [],
  });
}
