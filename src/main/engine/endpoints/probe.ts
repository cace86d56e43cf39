// Connects to one address like a client and reports the certificates that it presents. `createProbe` is the only part of
// Certdesk that opens connections to endpoints.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { toTimestamp } from '../../../shared/time.ts';
import type { Clock } from '../core/ports.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';
import { connectTcp } from '../outgoing/connect.ts';
import { type Phase, ProbeFailure, timedOut, toFailure } from './failure.ts';
import { type Handshake, type Offer, shakeHands } from './handshake.ts';
import type { Probe, ProbeOptions, ProbeTarget } from './sighting.ts';
import { createConversation } from './starttls/conversation.ts';
import { START_TLS } from './starttls/start-tls.ts';

export interface ProbeDeps {
  readonly policy: AddressPolicy;
  readonly clock: Clock;
}

const TIMEOUT_MS = 10_000;

/**
 * Creates a probe. It first offers what current clients do. Only if the handshake fails, it connects again and offers
 * TLS 1.0 and weak ciphers, to see the certificate of an outdated server as well.
 */
export function createProbe({ policy, clock }: ProbeDeps): Probe {
  return async (target, options) => {
    const { address } = target;
    const attempt = createAttempt(options);
    const at = () => toTimestamp(clock.now());
    try {
      const { seen, offer } = await see((offered) => attempt.run(policy, target, offered));
      const outdated = offer === 'outdated';
      attempt.end();
      return { state: 'presented', address, ...seen, outdated, at: at() };
    } catch (error) {
      attempt.end();
      attempt.destroy();
      options.signal.throwIfAborted();
      const { code, message, advice } = toFailure(error, attempt.phase());
      return { state: 'failed', address, code, message: `${nameOf(target)} ${message}.`, advice, at: at() };
    }
  };
}

type Run = (offer: Offer) => Promise<Handshake>;

async function see(run: Run): Promise<{ readonly seen: Handshake; readonly offer: Offer }> {
  try {
    return { seen: await run('current'), offer: 'current' };
  } catch (error) {
    // Not after an abort: its reason is no ProbeFailure.
    if (!(error instanceof ProbeFailure) || error.code !== 'handshake-failed') throw error;
    const seen = await run('outdated').catch(() => null);
    if (seen === null) throw error; // the first reason is the one that current clients get
    return { seen, offer: 'outdated' };
  }
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`; a name only behind a jump host, which resolves it. */
function nameOf({ address, port }: ProbeTarget): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The connections of one probe, with one deadline. */
function createAttempt({ signal, origin, timeoutMs = TIMEOUT_MS, connect }: ProbeOptions) {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  let phase: Phase = 'connect';
  let open: Duplex | null = null;
  const timer = setTimeout(() => ended.reject(timedOut(phase, timeoutMs)), timeoutMs);
  const abort = () => ended.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });

  async function work(policy: AddressPolicy, target: ProbeTarget, offer: Offer): Promise<Handshake> {
    phase = 'connect';
    const { address: host, port, serverName, protocol, keyType } = target;
    open?.destroy();
    if (connect === undefined) {
      const socket = connectTcp(policy, { host, port }, origin);
      open = socket;
      await connected(socket);
    } else open = await connect(signal);
    const startTls = START_TLS[protocol];
    if (startTls !== null) {
      phase = 'starttls';
      const talk = createConversation(open);
      await startTls(talk, serverName ?? host);
      talk.end();
    }
    phase = 'handshake';
    return shakeHands(open, { serverName, offer, keyType });
  }

  return {
    phase: () => phase,
    run(policy: AddressPolicy, target: ProbeTarget, offer: Offer): Promise<Handshake> {
      const running = work(policy, target, offer).catch((error: unknown) => {
        throw toFailure(error, phase);
      });
      running.catch(() => undefined); // after the deadline nobody waits for it
      return Promise.race([running, ended.promise]);
    },
    /** Ends the deadline. A completed handshake closes its connection on its own. */
    end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
    destroy: () => open?.destroy(),
  };
}

function connected(socket: Socket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('connect', resolve).on('error', reject);
  return promise;
}
