// Sends one DNS query to one server (UDP with EDNS, TCP after truncation), and validates and decodes the answer.
import { randomInt } from 'node:crypto';
import dnsPacket from 'dns-packet';
import {
  type DnsExchange,
  type DnsServerAddress,
  exchangeTcp,
  exchangeUdp,
  formatServer,
  type ServerGuard,
} from './transport.ts';

export type LookupType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'DNSKEY' | 'DS' | 'NS' | 'SOA' | 'TXT';

export interface DnsQuestion {
  readonly name: string;
  readonly type: LookupType;
}

export interface DnsRecord {
  /** Lower case, no trailing dot. */
  readonly name: string;
  readonly type: string;
  /**
   * An address, a name (lower case, no trailing dot; for SOA the MNAME), or the joined strings of a TXT record. CAA:
   * `FLAGS TAG VALUE` without quotes. DS: as in a zone file. RRSIG: `TYPE EXPIRATION SIGNER`, the time in Unix seconds.
   */
  readonly value: string;
  /** Seconds. */
  readonly ttl: number;
}

export interface DnsReply {
  readonly silent: false;
  /** HOST:PORT. */
  readonly server: string;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED` … (RFC 6895 section 2.3). */
  readonly rcode: string;
  readonly authoritative: boolean;
  /** AD: the resolver validated the answer with DNSSEC. Resolvers say so only if asked (`dnssec`). */
  readonly authenticated: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
}

export interface DnsSilence {
  readonly silent: true;
  readonly server: string;
  /** A short reason for users: `no answer in time`, `connection refused`, `no route to this address`. */
  readonly reason: string;
}

export interface QueryOptions extends ServerGuard {
  readonly recursive: boolean;
  /** Milliseconds for the whole query, including UDP retransmissions and TCP after truncation. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly dnssec?: DnssecRequest | undefined;
}

/**
 * What a resolver does with DNSSEC. `report`: it says whether it validated the answer (the AD bit of a query, RFC 6840
 * section 5.7). `skip`: it answers even if validation fails (CD, RFC 4035 section 3.2.2). `signatures`: the same, with the
 * RRSIG records (DO, RFC 3225). Default: none of these bits.
 */
export type DnssecRequest = 'report' | 'skip' | 'signatures';

/** The UDP payload size that is safe on every path (DNS flag day 2020). */
const UDP_PAYLOAD = 1232;

const OPT: dnsPacket.OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: UDP_PAYLOAD,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/**
 * Many times what a server answers to these questions. Decoding the 4,600 records of 64 KiB, each with two names of 127
 * labels, blocks the event loop for 0.2 s.
 */
const MOST_RECORDS = 500;

/** RFC 1035 section 4.1.1. */
const HEADER_OCTETS = 12;

/** Names of response codes by number: RFC 1035 section 4.1.1, RFC 2136 section 2.2. */
export const RCODES: readonly string[] =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(' ');

/** @throws only the reason of the signal */
export async function queryServer(
  server: DnsServerAddress,
  question: DnsQuestion,
  options: QueryOptions,
): Promise<DnsReply | DnsSilence> {
  const deadline = Date.now() + options.timeoutMs;
  const first = await attempt(server, question, { ...options, edns: true });
  // RFC 6891 section 7: a server without EDNS support answers FORMERR (or NOTIMP); repeat the query without EDNS.
  if (first.silent || !['FORMERR', 'NOTIMP'].includes(first.rcode)) return first;
  return attempt(server, question, { ...options, timeoutMs: left(deadline), edns: false });
}

function optOf(request: DnssecRequest | undefined): dnsPacket.OptAnswer {
  return request === 'signatures' ? { ...OPT, flags: dnsPacket.DNSSEC_OK, flag_do: true } : OPT;
}

function dnssecFlag(request: DnssecRequest | undefined): number {
  if (request === undefined) return 0;
  return request === 'report' ? dnsPacket.AUTHENTIC_DATA : dnsPacket.CHECKING_DISABLED;
}

/** Describes a server's answer in a few words. */
export function describeReply(reply: DnsReply | DnsSilence): string {
  return reply.silent ? reply.reason : reply.rcode;
}

async function attempt(
  server: DnsServerAddress,
  question: DnsQuestion,
  options: QueryOptions & { readonly edns: boolean },
): Promise<DnsReply | DnsSilence> {
  const deadline = Date.now() + options.timeoutMs;
  const { signal, policy, origin } = options;
  const id = randomInt(0x10000);
  const message = dnsPacket.encode({
    type: 'query',
    id,
    flags: (options.recursive ? dnsPacket.RECURSION_DESIRED : 0) | dnssecFlag(options.dnssec),
    questions: [{ name: question.name, type: question.type }],
    additionals: options.edns ? [optOf(options.dnssec)] : [],
  });
  const read = (answer: Buffer) => readAnswer(answer, id, question);
  const accept = (answer: Buffer) => read(answer) !== null;
  let exchange: DnsExchange = await exchangeUdp(server, message, { ...options, accept });
  if (!exchange.silent && read(exchange.message)?.flag_tc === true) {
    exchange = await exchangeTcp(server, message, { signal, policy, origin, timeoutMs: left(deadline) });
  }
  const name = formatServer(server);
  if (exchange.silent) return { silent: true, server: name, reason: exchange.reason };
  const packet = read(exchange.message);
  return packet === null
    ? { silent: true, server: name, reason: unusableReason(exchange.message) }
    : toReply(name, packet);
}

/**
 * Decodes the answer; null if the bytes are not a DNS message or answer another question. Comparing the question protects
 * against forged and late answers (RFC 5452 section 9.1).
 */
function readAnswer(message: Buffer, id: number, question: DnsQuestion): dnsPacket.DecodedPacket | null {
  const packet = decode(message);
  if (packet === null || packet.id !== id || !packet.flag_qr) return null;
  const asked = packet.questions?.[0];
  // A server that cannot parse the query may omit the question (RFC 6891 section 7).
  if (asked === undefined) return rcodeOf(packet) === 'FORMERR' ? packet : null;
  return asked.type === question.type && bare(asked.name) === bare(question.name) ? packet : null;
}

function decode(message: Buffer): dnsPacket.DecodedPacket | null {
  try {
    return countRecords(message) > MOST_RECORDS ? null : dnsPacket.decode(message);
  } catch {
    return null;
  }
}

function unusableReason(message: Buffer): string {
  const oversized = message.length >= HEADER_OCTETS && countRecords(message) > MOST_RECORDS;
  return oversized
    ? `an answer with more than ${MOST_RECORDS} records`
    : 'an answer that does not match the query';
}

/** The records of all sections (RFC 1035 section 4.1.1). @throws RangeError if there is no header */
function countRecords(message: Buffer): number {
  return message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
}

function toReply(server: string, packet: dnsPacket.DecodedPacket): DnsReply {
  return {
    silent: false,
    server,
    rcode: rcodeOf(packet),
    authoritative: packet.flag_aa,
    authenticated: packet.flag_ad,
    answers: (packet.answers ?? []).flatMap(toRecord),
    authorities: (packet.authorities ?? []).flatMap(toRecord),
  };
}

function rcodeOf(packet: dnsPacket.DecodedPacket): string {
  const code = (packet.flags ?? 0) & 0xf;
  return RCODES[code] ?? `RCODE${code}`;
}

function toRecord(answer: dnsPacket.Answer): DnsRecord[] {
  if (answer.type === 'OPT') return [];
  const value = textOf(answer);
  return value === null ? [] : [{ name: bare(answer.name), type: answer.type, value, ttl: answer.ttl ?? 0 }];
}

function textOf(answer: dnsPacket.Answer): string | null {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return answer.data;
    case 'CNAME':
    case 'NS':
      return bare(answer.data);
    case 'SOA':
      return bare(answer.data.mname);
    case 'CAA': {
      // The types say that `flags` may be absent, which is so only when encoding.
      const { flags = 0, tag, value } = answer.data;
      return `${flags} ${tag.toLowerCase()} ${value}`;
    }
    case 'DS': {
      const { keyTag, algorithm, digestType, digest } = answer.data;
      return `${keyTag} ${algorithm} ${digestType} ${Buffer.from(digest).toString('hex').toUpperCase()}`;
    }
    case 'RRSIG': {
      const { typeCovered, expiration, signersName } = answer.data;
      return `${typeCovered} ${expiration} ${bare(signersName)}`;
    }
    case 'TXT': {
      // RFC 8555 section 8.4: the strings of a record are joined to one value.
      const parts = Array.isArray(answer.data) ? answer.data : [answer.data];
      return parts.map((part) => part.toString()).join('');
    }
    default:
      return null;
  }
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function left(deadline: number): number {
  return Math.max(1, deadline - Date.now());
}
