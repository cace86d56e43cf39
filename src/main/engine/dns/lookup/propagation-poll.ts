// Queries all name servers for the TXT record in one round, and evaluates each answer.

import type { NameServer } from './name-servers.ts';
import { type DnsQuestion, type DnsReply, type DnsSilence, describeReply } from './query.ts';
import type { DnsResolver } from './resolver.ts';

export interface PollTarget {
  readonly kind: 'authoritative' | 'resolver' | 'public';
  readonly host: string;
  /** HOST:PORT. */
  readonly addresses: readonly string[];
}

export interface Answer {
  readonly kind: PollTarget['kind'];
  readonly host: string;
  /** HOST:PORT. */
  readonly server: string;
  /**
   * `right`: all expected values are there; `other`: the record has other values; `missing`: there is no such record;
   * `failed`: SERVFAIL, REFUSED and so on; `silent`: no answer, or unreachable.
   */
  readonly state: 'right' | 'other' | 'missing' | 'failed' | 'silent';
  /** A short description for users. */
  readonly answer: string;
  readonly values: readonly string[];
  /** Seconds for which a resolver may cache the answer; 0 if there is nothing to cache. */
  readonly ttl: number;
}

/** The name servers with an address that Certdesk may query. */
export function authorityTargets(
  resolver: DnsResolver,
  servers: readonly NameServer[],
): readonly PollTarget[] {
  return servers
    .map(({ host, addresses }) => ({
      kind: 'authoritative' as const,
      host,
      addresses: addresses
        .map((address) => resolver.authority(address))
        .filter((server) => resolver.mayAsk(server)),
    }))
    .filter(({ addresses }) => addresses.length > 0);
}

/** The configured or system resolvers as poll targets. */
export function resolverTargets(resolver: DnsResolver): readonly PollTarget[] {
  return resolver.servers.map((server) => ({ kind: 'resolver', host: server, addresses: [server] }));
}

/** @param server An IP address, with or without :PORT, that was checked when it was saved in the settings. */
export function publicTarget(server: string): PollTarget {
  return { kind: 'public', host: server, addresses: [server] };
}

export type Poll = (targets: readonly PollTarget[], signal: AbortSignal) => Promise<readonly Answer[]>;

/**
 * Creates a poll that does not wait again for an address that was silent while another address of the same host answered
 * correctly (for example IPv6 without a route).
 */
export function createPoll(resolver: DnsResolver, question: DnsQuestion, values: readonly string[]): Poll {
  const dead = new Map<string, Answer>();

  const askOne = async (target: PollTarget, server: string, signal: AbortSignal): Promise<Answer> => {
    const known = dead.get(server);
    if (known !== undefined) return known;
    const recursive = target.kind !== 'authoritative';
    const origin = target.kind === 'public' ? ({ origin: 'named' } as const) : {};
    const reply = await resolver.ask(server, question, { recursive, signal, ...origin });
    return { kind: target.kind, host: target.host, server, ...evaluateReply(reply, values) };
  };

  return async (targets, signal) => {
    const rounds = await Promise.all(
      targets.map((target) => Promise.all(target.addresses.map((server) => askOne(target, server, signal)))),
    );
    for (const answers of rounds) {
      if (!answers.some(({ state }) => state === 'right')) continue;
      for (const answer of answers) if (answer.state === 'silent') dead.set(answer.server, answer);
    }
    return rounds.flat();
  };
}

function evaluateReply(
  reply: DnsReply | DnsSilence,
  expected: readonly string[],
): Pick<Answer, 'state' | 'answer' | 'values' | 'ttl'> {
  if (reply.silent) return { state: 'silent', answer: reply.reason, values: [], ttl: 0 };
  if (reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN') {
    return { state: 'failed', answer: describeReply(reply), values: [], ttl: 0 };
  }
  const values = reply.answers.filter(({ type }) => type === 'TXT').map(({ value }) => value);
  const ttl = ttlOf(reply);
  if (expected.every((value) => values.includes(value)))
    return { state: 'right', answer: 'right', values, ttl };
  if (values.length > 0) {
    const missing = expected.filter((value) => !values.includes(value));
    const isNearly = missing.some((value) => values.some((given) => isDecorated(given, value)));
    const hint = isNearly ? ', one has quotation marks, spaces or other characters around it' : '';
    const answer = `${missing.length} of ${expected.length} values missing${hint}`;
    return { state: 'other', answer, values, ttl };
  }
  const answer = reply.rcode === 'NXDOMAIN' ? 'no such name (NXDOMAIN)' : 'no TXT record (NOERROR)';
  return { state: 'missing', answer, values, ttl };
}

/** Whether a value is the expected one with quotation marks, spaces or emphasis marks that were copied along. */
function isDecorated(value: string, expected: string): boolean {
  return value !== expected && value.replace(/[\s"'`*<>„“”‘’]/g, '') === expected;
}

/** The TTL of a negative answer is that of its SOA record (RFC 2308 section 5). */
function ttlOf({ answers, authorities }: DnsReply): number {
  const kept = answers.length > 0 ? answers : authorities.filter(({ type }) => type === 'SOA');
  return Math.max(0, ...kept.map(({ ttl }) => ttl));
}
