// Sends a DNS message to a server over UDP or TCP and returns the response, both as bytes. Callers encode and decode them.
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

/** `silent`: the server was unreachable or did not answer; `reason` is a short text for users. */
export type DnsExchange = { readonly silent: false; readonly message: Buffer } | Silence;

interface Silence {
  readonly silent: true;
  readonly reason: string;
  /** ADDRESS_NOT_ALLOWED, if that is why the server was not queried. */
  readonly refused?: CertdeskError;
}

/** Who gave the server's address, and the policy for such addresses. */
export interface ServerGuard {
  readonly policy: AddressPolicy;
  readonly origin: AddressOrigin;
}

export interface ExchangeOptions extends ServerGuard {
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Times that a UDP message is sent before the server counts as silent. */
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

/** Parses `HOST`, `HOST:PORT`, `[IPV6]:PORT` or a bare IPv6 address; null for anything else. */
export function parseServer(text: string, defaultPort = 53): DnsServerAddress | null {
  const trimmed = text.trim();
  if (isIP(trimmed) !== 0) return { host: trimmed, port: defaultPort };
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/.exec(trimmed);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || (match?.[1] !== undefined && isIP(host) !== 6)) return null;
  return port > 0 && port < 65536 ? { host, port } : null;
}

/** The inverse of parseServer: `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function formatServer({ host, port }: DnsServerAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Sends a message over UDP, at most three times, and returns the first datagram that `accept` accepts.
 * @throws only the reason of the signal
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
    let resend: NodeJS.Timeout | undefined;
    socket.on('connect', () => {
      const send = () => socket.send(message);
      send();
      resend = setInterval(send, options.timeoutMs / UDP_ATTEMPTS);
    });
    socket.on('error', (error) => settle(failure(error)));
    socket.on('message', (answer) => {
      if (options.accept(answer)) settle({ silent: false, message: answer });
    });
    // A connected socket receives datagrams only from this server, and gets an error if the port is closed.
    socket.connect(server.port, address);
    return () => {
      clearInterval(resend);
      socket.close();
    };
  });
}

/** Sends a message over TCP (RFC 7766) and returns the first response. */
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

/** Runs `start` until it settles, the time is over or the signal aborts; then calls the function that it returned. */
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

/** Resolves and checks the server's address. The system's lookup supports neither a signal nor a time-out. */
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
