// DNS lookups at wire level: explicit servers, nothing cached, every response code visible. Node's own Resolver
// follows CNAMEs by itself, always asks with recursion and hides what a server said, so it is not used here.

import { Resolver } from 'node:dns';
import { isIP } from 'node:net';
import { CertdeskError } from '../../core/errors.ts';
import { invalid } from '../../core/invalid.ts';
import {
  type AddressOrigin,
  type AddressPolicy,
  createAddressPolicy,
} from '../../outgoing/address-policy.ts';
import { type DnsQuestion, type DnsReply, type DnsSilence, describeReply, queryServer } from './query.ts';
import { type DnsServerAddress, formatServer, parseServer } from './transport.ts';

export interface DnsResolver {
  /** The servers that `resolve` asks, HOST:PORT. */
  readonly servers: readonly string[];
  /** Whether they were named in the settings; else they are the system's. */
  readonly configured: boolean;
  /**
   * Asks the servers in turn, with recursion, until one answers NOERROR or NXDOMAIN.
   * @throws DNS_LOOKUP_FAILED where none does; details say what each one answered.
   */
  resolve(question: DnsQuestion, signal: AbortSignal): Promise<DnsReply>;
  /**
   * Asks one server (HOST:PORT). Rejects only on abort, with the signal's reason, and with DNS_LOOKUP_FAILED for a
   * name that no server can be asked for.
   */
  ask(server: string, question: DnsQuestion, options: AskOptions): Promise<DnsReply | DnsSilence>;
  /** Whether a server that DNS names may be asked (HOST:PORT, an address): not in a private network, as a rule. */
  mayAsk(server: string): boolean;
  /** Where the authoritative server of this address is asked: HOST:PORT. */
  authority(address: string): string;
}

export interface AskOptions {
  readonly recursive: boolean;
  readonly signal: AbortSignal;
  /** `named`: the settings name the server. Where left out: by whether it is one of `servers`. */
  readonly origin?: AddressOrigin;
}

export interface DnsResolverOptions {
  /** HOST:PORT; empty: the system's. */
  readonly servers: readonly string[];
  /** Milliseconds for one question to one server; 3000 where left out. */
  readonly timeoutMs?: number;
  /** The port of authoritative servers; 53 where left out, but see `authority` below. */
  readonly authorityPort?: number;
  /** Public addresses only where left out; `servers` are asked wherever they are. */
  readonly addressPolicy?: AddressPolicy;
}

/** @throws INVALID_REQUEST for a server that is not HOST:PORT. */
export function createDnsResolver(options: DnsResolverOptions): DnsResolver {
  const { timeoutMs = 3_000, authorityPort, addressPolicy: policy = createAddressPolicy() } = options;
  const everywhere: AddressPolicy = { ...policy, refusal: () => null };
  const configured = options.servers.length > 0;
  const named = options.servers.map(readServer);
  const servers = () => (configured ? named : systemServers()).map(formatServer);

  /** Asked wherever it is: in a cloud the system's resolver has the address of the metadata service. */
  const isOwn = (server: DnsServerAddress): boolean => servers().includes(formatServer(server));
  /** A name server on the host of a resolver that the administrator named is the administrator's too. */
  const originOf = ({ host }: DnsServerAddress): AddressOrigin =>
    configured && named.some((server) => server.host === host) ? 'named' : 'open';

  const ask: DnsResolver['ask'] = async (text, question, { recursive, signal, origin }) => {
    assertName(question.name);
    const server = readServer(text);
    const guard = { policy: isOwn(server) ? everywhere : policy, origin: origin ?? originOf(server) };
    return queryServer(server, question, { ...guard, recursive, signal, timeoutMs });
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
      // A name server on loopback is a laboratory's: it listens where the settings say the resolver there does.
      const laboratory = configured && isLoopback(address);
      const known = laboratory ? named.find((server) => server.host === address) : undefined;
      return formatServer(known ?? { host: address, port: 53 });
    },
  };
}

/** Read anew each time: a laptop changes its network, and a resolver that lives on would not notice. */
function systemServers(): readonly DnsServerAddress[] {
  return new Resolver().getServers().flatMap((text) => parseServer(text) ?? []);
}

/** RFC 1035 section 2.3.4: labels of 63 octets, names of 255 on the wire; the encoder does not look. */
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
      "Check the domain's DNS, and the DNS resolver of this server (see Settings, Addresses; startup option --dns-resolver).",
    { name, type, servers },
  );
}
