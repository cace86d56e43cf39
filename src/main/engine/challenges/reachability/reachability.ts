// Tests whether a CA would reach Certdesk for HTTP-01 or TLS-ALPN-01, before the CA is asked. A probe is served like a
// challenge and requested at every address of the name.
import PQueue from 'p-queue';
import { isIpAddress, toUrlHost } from '../../../../shared/ip-address.ts';
import type { NameReport, Reachability, ReachabilityChallenge } from '../../../../shared/reachability.ts';
import { CertdeskError } from '../../core/errors.ts';
import { findProject } from '../../core/project-lookup.ts';
import { randomSecret } from '../../core/random-secret.ts';
import type { Stores } from '../../core/stores.ts';
import type { DnsResolver } from '../../dns/lookup/resolver.ts';
import { type AddressPolicy, type AddressRefusal, REFUSALS } from '../../outgoing/address-policy.ts';
import { isOwnAddress } from '../../outgoing/own-addresses.ts';
import { isPublicAddress } from '../../outgoing/special-networks.ts';
import type { HttpChallenges } from '../http-01.ts';
import { type AlpnChallenges, toServerName } from '../tls-alpn-01.ts';
import { type FetchDeps, type Fetched, fetchAsCa, type Hop, type WebPorts } from './fetch.ts';
import { describeHandshake, shakeHands } from './handshake.ts';
import { describeAddress, describeName, SEEN_FROM } from './message-text.ts';

interface TestOptions {
  /** Default: http-01. */
  readonly challengeType?: ReachabilityChallenge | undefined;
  readonly signal: AbortSignal;
  /** Whether the report shows other servers' responses: the Server header and redirect targets. */
  readonly showAnswers: boolean;
}

export interface ReachabilityService {
  /**
   * Tests port 80 (http-01) or 443 (tls-alpn-01) of each name. Problems are results, not errors. A wildcard is reported to need dns-01. An address
   * in a private network is reported but not tested, unless --allow-private names the network.
   * @param names Default: the project's names.
   * @throws PROJECT_NOT_FOUND, DOMAIN_NOT_CONFIGURED, the signal's reason
   */
  test(projectId: string, names: readonly string[] | null, options: TestOptions): Promise<Reachability>;
  /** Tests names that no project has yet. @throws the signal's reason */
  testNames(names: readonly string[], options: TestOptions): Promise<Reachability>;
}

export interface ReachabilityDeps {
  readonly stores: Stores;
  readonly resolver: Pick<DnsResolver, 'resolve'>;
  readonly http: Pick<HttpChallenges, 'probe'>;
  readonly alpn: Pick<AlpnChallenges, 'probe'>;
  readonly addressPolicy: AddressPolicy;
  /** 80 and 443, except in tests. */
  readonly ports: WebPorts;
  /** Timeout of one request in milliseconds. Default: 10 seconds, as at Let's Encrypt. */
  readonly timeoutMs?: number;
}

/** Number of names tested in parallel. */
const CONCURRENCY = 8;
/** Number of addresses tested per name; a name with more has a load balancer. */
const MAX_ADDRESSES = 8;

export function createReachability(deps: ReachabilityDeps): ReachabilityService {
  const fetching: FetchDeps = {
    ports: deps.ports,
    redirectRefusal: (from, to) => redirectRefusal(deps.addressPolicy, from, to),
    timeoutMs: deps.timeoutMs ?? 10_000,
    lookup: async (name, signal) =>
      (await addressesOf(name, deps.resolver, signal).catch(() => []))[0] ?? null,
  };

  async function testName(name: string, options: TestOptions): Promise<NameReport> {
    const { signal, challengeType = 'http-01' } = options;
    if (name.startsWith('*.')) {
      const message = `${challengeType.toUpperCase()} cannot validate a wildcard. Use DNS-01.`;
      return notTested(name, 'wildcard', message);
    }
    const found = await addressesOf(name, deps.resolver, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof CertdeskError) return error;
      throw error;
    });
    if (found instanceof CertdeskError)
      return notTested(name, 'lookup_failed', options.showAnswers ? found.message : found.entry.summary);
    if (found.length === 0) {
      const message = `${name} does not resolve. Add an A or AAAA record at your DNS provider, or check the spelling.`;
      return notTested(name, 'unresolved', message);
    }
    const test = challengeType === 'http-01' ? testHttp : testAlpn;
    const tests = found.slice(0, MAX_ADDRESSES).map((address) => test(name, address, options));
    return describeName(name, await Promise.all(tests), challengeType === 'http-01' ? 80 : 443);
  }

  async function testHttp(name: string, address: string, { signal, showAnswers }: TestOptions) {
    const place = { address, isPublic: isPublicAddress(address), isOwn: isOwnAddress(address) };
    if (!mayProbe(deps.addressPolicy, address, deps.ports.http))
      return describeAddress(place, { kind: 'not_asked', redirects: [] }, { expected: '', name });
    const probe = deps.http.probe(randomSecret('certdesk-test-'));
    try {
      const url = new URL(`http://${toUrlHost(name)}/.well-known/acme-challenge/${probe.token}`);
      const fetched = await fetchAsCa({ url, address }, fetching, signal);
      return describeAddress(place, showAnswers ? fetched : withoutAnswers(fetched), {
        expected: probe.text,
        name,
      });
    } finally {
      probe.end();
    }
  }

  async function testAlpn(name: string, address: string, { signal }: TestOptions) {
    const place = { address, isPublic: isPublicAddress(address), isOwn: isOwnAddress(address) };
    const { https: port } = deps.ports;
    if (!mayProbe(deps.addressPolicy, address, port))
      return describeHandshake(place, { kind: 'not_asked' }, () => false);
    const probe = deps.alpn.probe(name);
    try {
      const target = { address, port, serverName: toServerName(name), timeoutMs: fetching.timeoutMs };
      return describeHandshake(place, await shakeHands(target, signal), probe.isServed);
    } finally {
      probe.end();
    }
  }

  async function testNames(names: readonly string[], options: TestOptions): Promise<Reachability> {
    const queue = new PQueue({ concurrency: CONCURRENCY });
    const work = [...new Set(names)].map((name) => queue.add(() => testName(name, options)));
    const reports = await Promise.all(work);
    return { verdict: worst(reports), names: reports, seenFrom: SEEN_FROM };
  }

  return {
    async test(projectId, given, options) {
      const { domain, altNames } = await findProject(deps.stores, projectId);
      if (given === null && domain === null) {
        throw new CertdeskError('DOMAIN_NOT_CONFIGURED', 'Project has no domain configured');
      }
      return testNames(given ?? [domain ?? '', ...altNames], options);
    },

    testNames,
  };
}

/** The probe is meant for Certdesk's own challenge listener, which other requests may not reach. */
export function mayProbe(policy: AddressPolicy, address: string, port: number): boolean {
  return [null, 'own-listener'].includes(policy.refusal(address, port, 'open'));
}

const CHALLENGES = '/.well-known/acme-challenge/';

/** Why a redirect is not followed, as the end of a sentence about its target; null if it is. */
export function redirectRefusal(
  policy: AddressPolicy,
  from: string,
  { url, address, port }: Hop,
): string | null {
  const refusal = policy.refusal(address, port, 'open');
  const isOwnChallenge = refusal === 'own-listener' && url.pathname.startsWith(CHALLENGES);
  if (refusal !== null && !isOwnChallenge) return `which ${REDIRECTED[refusal]}`;
  return isPublicAddress(from) && !isPublicAddress(address) ? `which ${REDIRECTED.private}` : null;
}

const REDIRECTED: Readonly<Record<AddressRefusal, string>> = {
  ...REFUSALS,
  private: 'points to a private network, where no CA follows',
};

/** For callers with access to only some projects. */
export function withoutAnswers(fetched: Fetched): Fetched {
  if (fetched.kind === 'answer') return { ...fetched, server: null, redirects: [] };
  if (fetched.kind !== 'bad_redirect') return { ...fetched, redirects: [] };
  return { ...fetched, reason: 'to where no CA follows', redirects: [] };
}

function notTested(name: string, problem: NonNullable<NameReport['problem']>, message: string): NameReport {
  return { name, verdict: 'failing', problem, message, addresses: [] };
}

function worst(reports: readonly NameReport[]): NameReport['verdict'] {
  const order = ['failing', 'doubtful', 'well'] as const;
  return order.find((verdict) => reports.some((report) => report.verdict === verdict)) ?? 'well';
}

/**
 * Returns the addresses of a name, IPv6 first as CAs try them. An IP address is its own only address.
 * @throws DNS_LOOKUP_FAILED, or the signal's reason
 */
export async function addressesOf(
  name: string,
  resolver: Pick<DnsResolver, 'resolve'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isIpAddress(name)) return [name];
  const replies = await Promise.all(
    (['AAAA', 'A'] as const).map(async (type) => {
      const { answers } = await resolver.resolve({ name, type }, signal);
      return answers.filter((record) => record.type === type).map(({ value }) => value);
    }),
  );
  return [...new Set(replies.flat())];
}
