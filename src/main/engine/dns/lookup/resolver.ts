// DNS lookups with explicit servers, without a cache, and with every response code. Node's own Resolver is not suitable: it
// follows CNAMEs, always requests recursion, and hides the server's response.

import { Resolver } from 'node:dns';
import { isIP } from 'node:net';
import { CertdeskError } from '../../core/errors.ts';
import { invalid } from '../../core/invalid.ts';
import {
  type AddressOrigin,
  type AddressPolicy,
  createAddressPolicy,
} from '../../outgoing/address-policy.ts';
import {
  type DnsQuestion,
  type DnsReply,
  type DnsSilence,
  type DnssecRequest,
  describeReply,
  queryServer,
} from './query.ts';
import { type DnsServerAddress, formatServer, parseServer } from './transport.ts';

export interface DnsResolver {
  /** The servers that `resolve` queries, HOST:PORT. */
  readonly servers: readonly string[];
  /** Whether the servers come from the settings; otherwise they are the system's. */
  readonly configured: boolean;
  /**
   * Queries the servers in turn, with recursion, until one answers NOERROR or NXDOMAIN.
   * @throws DNS_LOOKUP_FAILED if none does; the details have each server's answer
   */
  resolve(question: DnsQuestion, signal: AbortSignal): Promise<DnsReply>;
  /**
   * Queries one server (HOST:PORT).
   * @throws the reason of the signal; DNS_LOOKUP_FAILED for an invalid name
   */
  ask(server: string, question: DnsQuestion, options: AskOptions): Promise<DnsReply | DnsSilence>;
  /** Whether Certdesk may query a name server found in DNS (IP:PORT). Private networks are not allowed by default. */
  mayAsk(server: string): boolean;
  /** The HOST:PORT at which to query the authoritative server with this address. */
  authority(address: string): string;
}

export interface AskOptions {
  readonly recursive: boolean;
  readonly signal: AbortSignal;
  /** `named`: the server comes from the settings. Default: `named` if it is one of `servers`. */
  readonly origin?: AddressOrigin;
  /** Default: neither reported nor skipped. */
  readonly dnssec?: DnssecRequest;
  /** Milliseconds; default: that of the resolver. */
  readonly timeoutMs?: number;
}

export interface DnsResolverOptions {
  /** HOST:PORT; empty: the system's resolvers. */
  readonly servers: readonly string[];
  /** Milliseconds for one query to one server; 3,000 by default. */
  readonly timeoutMs?: number;
  /** The port of authoritative servers; 53 by default, but see `authority` below. */
  readonly authorityPort?: number;
  /** Default: only public addresses. `servers` may have any address. */
  readonly addressPolicy?: AddressPolicy;
}

/** @throws INVALID_REQUEST for a server that is not HOST:PORT */
export function createDnsResolver(options: DnsResolverOptions): DnsResolver {
  const { timeoutMs = 3_000, authorityPort, addressPolicy: policy = createAddressPolicy() } = options;
  const unrestricted: AddressPolicy = { ...policy, refusal: () => null };
  const configured = options.servers.length > 0;
  const named = options.servers.map(readServer);
  const servers = () => (configured ? named : systemServers()).map(formatServer);

  /** May have any address: in some clouds the system's resolver has the address of the metadata service. */
  const isOwn = (server: DnsServerAddress): boolean => servers().includes(formatServer(server));
  /** A name server on the same host as a configured resolver counts as configured by the administrator, too. */
  const originOf = ({ host }: DnsServerAddress): AddressOrigin =>
    configured && named.some((server) => server.host === host) ? 'named' : 'open';

  const ask: DnsResolver['ask'] = async (text, question, options) => {
    const { recursive, signal, origin, dnssec } = options;
    assertName(question.name);
    const server = readServer(text);
    const guard = { policy: isOwn(server) ? unrestricted : policy, origin: origin ?? originOf(server) };
    const limit = options.timeoutMs ?? timeoutMs;
    return queryServer(server, question, { ...guard, recursive, signal, timeoutMs: limit, dnssec });
  };

  return {
    get servers() {
      return servers();
    },
    configured,
    ask,
    async resolve(question, signal) {
      const tried: { server: string; answer: string }[] = [];
      for (const server of servers()) {
        const reply = await ask(server, question, { recursive: true, signal });
        if (!reply.silent && (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN')) return reply;
        tried.push({ server, answer: describeReply(reply) });
      }
      throw lookupFailed(question, tried);
    },
    mayAsk(text) {
      const server = readServer(text);
      return isOwn(server) || policy.refusal(server.host, server.port, originOf(server)) === null;
    },
    authority(address) {
      if (authorityPort !== undefined) return formatServer({ host: address, port: authorityPort });
      // A name server on loopback belongs to a test setup: it has the same port as the configured resolver on its host.
      const isTestSetup = configured && isLoopback(address);
      const known = isTestSetup ? named.find((server) => server.host === address) : undefined;
      return formatServer(known ?? { host: address, port: 53 });
    },
  };
}

/** Read again for each lookup, because laptops change networks. */
function systemServers(): readonly DnsServerAddress[] {
  return new Resolver().getServers().flatMap((text) => parseServer(text) ?? []);
}

/** RFC 1035 section 2.3.4: labels up to 63 octets, names up to 255 on the wire. The encoder does not check this. */
function assertName(name: string): void {
  const labels = name.split('.');
  if (name.length <= 253 && labels.every((label) => label !== '' && label.length <= 63)) return;
  throw new CertdeskError('DNS_LOOKUP_FAILED', `${name} is not a DNS name, or is too long.`, { name });
}

function readServer(text: string): DnsServerAddress {
  const server = parseServer(text);
  if (server !== null) return server;
  const message = `${text} is not a DNS server: write HOST:PORT.`;
  throw invalid('dnsResolver', message, message);
}

function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1';
}

function lookupFailed(
  { name, type }: DnsQuestion,
  servers: readonly { readonly server: string; readonly answer: string }[],
): CertdeskError {
  const said = servers.map(({ server, answer }) => `${server}: ${answer}`).join('; ');
  return new CertdeskError(
    'DNS_LOOKUP_FAILED',
    `The ${type} lookup of ${name} failed (${said === '' ? 'no DNS server is known' : said}). ` +
      "Check the domain's DNS, and the DNS resolver of this server (see Settings, HTTPS and network; startup option --dns-resolver).",
    { name, type, servers },
  );
}
