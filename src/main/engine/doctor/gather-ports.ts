// Gathers what answers on ports 80 and 443 of an address, as a CA would see it from here.
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type FetchDeps, fetchAsCa, type WebPorts } from '../challenges/reachability/fetch.ts';
import { isAlert } from '../challenges/reachability/handshake.ts';
import { redirectRefusal, withoutAnswers } from '../challenges/reachability/reachability.ts';
import type { AddressOrigin, AddressPolicy } from '../outgoing/address-policy.ts';
import type { PortFacts, TlsFacts } from './facts.ts';

export interface PortDeps {
  readonly policy: AddressPolicy;
  /** Who gave the names: a person may check private addresses, a token may not. */
  readonly origin: AddressOrigin;
  /** 80 and 443, except in tests. */
  readonly ports: WebPorts;
  /** Serves a text like a challenge; null: no Certdesk runs here. */
  readonly probe: (() => { readonly token: string; readonly text: string; end(): void }) | null;
  /** Whether the facts have other servers' responses: the Server header, redirect targets, the certificate's name. */
  readonly showAnswers: boolean;
  /** Milliseconds for one request with its response. */
  readonly answerMs: number;
  lookup(name: string, signal: AbortSignal): Promise<string | null>;
}

const CHALLENGES = '/.well-known/acme-challenge/';

/** @param name The Host header; an IPv6 address without brackets. */
export async function gatherPort80(
  deps: PortDeps,
  { name, address }: { readonly name: string; readonly address: string },
  signal: AbortSignal,
): Promise<PortFacts> {
  const { policy, origin, ports } = deps;
  const refusal = policy.refusal(address, ports.http, origin);
  // Certdesk's own listener answers challenges, but no other request of Certdesk may reach it.
  const isAllowed = refusal === null || (refusal === 'own-listener' && deps.probe !== null);
  if (!isAllowed) return { port: 80, address, fetched: { kind: 'not_asked', redirects: [] }, expected: null };
  const probe = deps.probe?.() ?? null;
  const host = isIP(name) === 6 ? `[${name}]` : name;
  const fetching: FetchDeps = {
    ports,
    timeoutMs: deps.answerMs,
    lookup: deps.lookup,
    redirectRefusal: (from, to) => redirectRefusal(policy, from, to),
  };
  try {
    const url = new URL(`http://${host}${CHALLENGES}${probe?.token ?? 'certdesk-doctor'}`);
    const fetched = await fetchAsCa({ url, address }, fetching, signal);
    const shown = deps.showAnswers ? fetched : withoutAnswers(fetched);
    return { port: 80, address, fetched: shown, expected: probe?.text ?? null };
  } finally {
    probe?.end();
  }
}

export async function gatherPort443(
  { policy, origin, ports, probe, answerMs, showAnswers }: Omit<PortDeps, 'lookup'>,
  { name, address }: { readonly name: string; readonly address: string },
  signal: AbortSignal,
): Promise<PortFacts> {
  const refusal = policy.refusal(address, ports.https, origin);
  // A handshake with Certdesk's own listener sends no request.
  const isAllowed = refusal === null || (refusal === 'own-listener' && probe !== null);
  const tls = isAllowed
    ? await shakeHands({ address, port: ports.https, name, answerMs }, signal)
    : NOT_ASKED;
  return {
    port: 443,
    address,
    tls: tls.kind === 'answers' && !showAnswers ? { ...tls, subject: null } : tls,
  };
}

const NOT_ASKED: TlsFacts = { kind: 'not-asked' };
const UNREACHABLE = ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN', 'EACCES'];

interface Handshake {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly answerMs: number;
}

function shakeHands({ address, port, name, answerMs }: Handshake, signal: AbortSignal): Promise<TlsFacts> {
  return new Promise((resolve) => {
    let isConnected = false;
    const servername = isIP(name) === 0 ? { servername: name.replace(/^\*\./, '') } : {};
    const socket = connectTls({ host: address, port, rejectUnauthorized: false, ...servername });
    const finish = (facts: TlsFacts): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve(facts);
    };
    const late = () => finish({ kind: isConnected ? 'not-tls' : 'timeout', reason: 'ETIMEDOUT' });
    const timer = setTimeout(late, answerMs);
    signal.addEventListener('abort', late, { once: true });
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.once('secureConnect', () => {
      const { subject, subjectaltname = '' } = socket.getPeerCertificate();
      const [first = ''] = subjectaltname.split(', ');
      const named = [subject?.CN].flat()[0] ?? first.replace(/^[^:]*:/, '');
      finish({ kind: 'answers', subject: named === '' ? null : named.slice(0, 100) });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? error.message;
      // An alert comes from a server that speaks TLS, such as one without a certificate for this name.
      if (isAlert(reason)) finish({ kind: 'answers', subject: null });
      else if (isConnected) finish({ kind: 'not-tls', reason });
      else if (reason === 'ECONNREFUSED') finish({ kind: 'refused', reason });
      else finish({ kind: UNREACHABLE.includes(reason) ? 'unreachable' : 'timeout', reason });
    });
    socket.once('close', () => finish({ kind: 'not-tls', reason: 'ECONNRESET' }));
  });
}
