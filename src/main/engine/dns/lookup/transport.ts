// One DNS message to one server and its answer, over UDP or TCP, as octets. What the octets mean is the caller's.
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import type { CertdeskError } from '../../core/errors.ts';
import { within } from '../../core/with-timeout.ts';
import type { AddressOrigin, AddressPolicy } from '../../outgoing/address-policy.ts';
import { addressRefusal, resolveAddress } from '../../outgoing/connect.ts';

export interface DnsServerAddress {
  readonly host: string;
  readonly port: number;
}

/** `silent`: the server could not be asked or did not answer; `reason` is a word or two for a person. */
export type DnsExchange = { readonly silent: false; readonly message: Buffer } | Silence;

interface Silence {
  readonly silent: true;
  readonly reason: string;
  /** ADDRESS_NOT_ALLOWED, where the server was not asked for that. */
  readonly refused?: CertdeskError;
}

/** Who named the server, and where such a server may be. */
export interface ServerGuard {
  readonly policy: AddressPolicy;
  readonly origin: AddressOrigin;
}

export interface ExchangeOptions extends ServerGuard {
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How often a UDP message is sent before its server counts as silent. */
const UDP_ATTEMPTS = 3;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENETUNREACH: 'no route to this address',
  EHOSTUNREACH: 'no route to this address',
  EADDRNOTAVAIL: 'no route to this address',
  EAFNOSUPPORT: 'no route to this address',
  EINVAL: 'no route to this address',
  ENOTFOUND: 'its host name does not resolve',
  EAI_AGAIN: 'its host name does not resolve',
};

/** `HOST`, `HOST:PORT`, `[IPV6]:PORT` or a bare IPv6 address; null where it is none of these. */
export function parseServer(text: string, defaultPort = 53): DnsServerAddress | null {
  const trimmed = text.trim();
  if (isIP(trimmed) !== 0) return { host: trimmed, port: defaultPort };
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/.exec(trimmed);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || (match?.[1] !== undefined && isIP(host) !== 6)) return null;
  return port > 0 && port < 65536 ? { host, port } : null;
}

/** The form that parseServer reads: `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function formatServer({ host, port }: DnsServerAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Sends a message by UDP, three times at most, and resolves with the first datagram that `accept` takes.
 * Rejects only where the signal aborts, with its reason.
 */
export async function exchangeUdp(
  server: DnsServerAddress,
  message: Uint8Array,
  options: ExchangeOptions & { readonly accept: (answer: Buffer) => boolean },
): Promise<DnsExchange> {
  const address = await addressOf(server, options);
  if (typeof address !== 'string') return address;
  return race(options, (settle) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    let again: NodeJS.Timeout | undefined;
    socket.on('connect', () => {
      const send = () => socket.send(message);
      send();
      again = setInterval(send, options.timeoutMs / UDP_ATTEMPTS);
    });
    socket.on('error', (error) => settle(failure(error)));
    socket.on('message', (answer) => {
      if (options.accept(answer)) settle({ silent: false, message: answer });
    });
    // A connected socket takes datagrams of that server only, and is told when the port is closed.
    socket.connect(server.port, address);
    return () => {
      clearInterval(again);
      socket.close();
    };
  });
}

/** Sends a message by TCP (RFC 7766) and resolves with the first one that comes back. */
export async function exchangeTcp(
  server: DnsServerAddress,
  message: Uint8Array,
  options: ExchangeOptions,
): Promise<DnsExchange> {
  const address = await addressOf(server, options);
  if (typeof address !== 'string') return address;
  return race(options, (settle) => {
    let received = Buffer.alloc(0);
    const socket = connect({ host: address, port: server.port });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.on('connect', () => socket.write(Buffer.concat([length, message])));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end = 2 + received.readUInt16BE(0);
      if (received.length >= end) settle({ silent: false, message: received.subarray(2, end) });
    });
    socket.on('error', (error) => settle(failure(error)));
    socket.on('close', () => settle({ silent: true, reason: 'closed the connection without a response' }));
    return () => socket.destroy();
  });
}

/** Runs `start` until it settles, the time is over or the signal aborts; its return value ends it. */
function race(
  { timeoutMs, signal }: ExchangeOptions,
  start: (settle: (outcome: DnsExchange) => void) => () => void,
): Promise<DnsExchange> {
  return new Promise((resolve, reject) => {
    let stop: (() => void) | null = null;
    let done = false;
    const finish = (act: () => void) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      stop?.();
      act();
    };
    const aborted = () => finish(() => reject(signal.reason));
    const timer = setTimeout(
      () => finish(() => resolve({ silent: true, reason: 'no answer in time' })),
      timeoutMs,
    );
    signal.addEventListener('abort', aborted);
    stop = start((outcome) => finish(() => resolve(outcome)));
    if (done) stop();
  });
}

/** The address to connect to, judged; why there is none. The system's own look-up knows neither signal nor time-out. */
async function addressOf(
  server: DnsServerAddress,
  { signal, timeoutMs, policy, origin }: ExchangeOptions,
): Promise<string | Silence> {
  signal.throwIfAborted();
  const found = resolveAddress(policy, server, origin);
  try {
    return await within(found, { signal, timeoutMs, late: () => new Error('no answer in time') });
  } catch (error) {
    signal.throwIfAborted();
    const refused = addressRefusal(error);
    if (refused === null) return { silent: true, reason: REASONS.ENOTFOUND ?? '' };
    return { silent: true, reason: 'in a network that Certdesk does not query', refused };
  }
}

function failure(error: Error): DnsExchange {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return { silent: true, reason: REASONS[code] ?? code };
}
