// The doctor of a running Certdesk: knows the accounts, the limits used, and the challenges under way.
import type { DoctorReport } from '../../../shared/doctor.ts';
import type { DoctorRequest } from '../../../shared/doctor-schema.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { AcmeClient } from '../acme/contract.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import { findClientUses } from '../certificates/client-uses.ts';
import { dns01Value } from '../challenges/dns-01.ts';
import type { HttpChallenges } from '../challenges/http-01.ts';
import type { WebPorts } from '../challenges/reachability/fetch.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import { randomSecret } from '../core/random-secret.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { formatServer, parseServer } from '../dns/lookup/transport.ts';
import { specOf } from '../jobs/job-input.ts';
import type { AddressOrigin, AddressPolicy } from '../outgoing/address-policy.ts';
import { isMozillaRootName } from '../pki/inspect/mozilla-roots.ts';
import type { BudgetService } from '../rate-limits/budget.ts';
import { readSettings } from '../settings/settings.ts';
import { askDirectory, describeCa } from './ca-facts.ts';
import { type ExamineDeps, examine } from './examine.ts';
import type { DoctorOrder } from './facts.ts';

export interface DoctorOptions {
  readonly signal: AbortSignal;
  /** Whether the caller may learn what is in private networks. */
  readonly origin: AddressOrigin;
  /** Whether the report shows other servers' responses: who answers, redirect targets, and what is behind a CNAME. */
  readonly showAnswers: boolean;
}

export interface Doctor {
  /** @throws UNKNOWN_CA, INVALID_REQUEST (no staging directory), the signal's reason */
  examine(request: DoctorRequest, options: DoctorOptions): Promise<DoctorReport>;
  /**
   * Examines the names of a project for its last request.
   * @throws PROJECT_NOT_FOUND, DOMAIN_NOT_CONFIGURED, the signal's reason
   */
  examineProject(projectId: string, options: DoctorOptions): Promise<DoctorReport>;
}

export interface DoctorDeps {
  readonly stores: Stores;
  readonly acme: Pick<AcmeClient, 'checkDirectory'>;
  readonly resolver: DnsResolver;
  readonly policy: AddressPolicy;
  readonly ports: WebPorts;
  readonly http: Pick<HttpChallenges, 'probe'>;
  readonly budget: Pick<BudgetService, 'findDeferral'>;
  readonly clock: Clock;
  readonly directories: DirectoryOverrides;
  /** For one examination, in milliseconds. */
  readonly timeoutMs: number;
}

export function createDoctor(deps: DoctorDeps): Doctor {
  const { stores, directories } = deps;

  async function run(
    request: DoctorRequest,
    { signal, ...asker }: DoctorOptions,
    clientUses: readonly string[] = [],
  ): Promise<DoctorReport> {
    const { names, challengeType: challenge, ca, staging, profile = null, email = null } = request;
    const { preferredChain: chain = null } = request;
    const facts = describeCa({ ca, staging, profile, names }, directories);
    const account = await stores.accounts.find(facts.directoryUrl, email);
    const order: DoctorOrder = {
      names: [...new Set(names)],
      challenge,
      ca: facts,
      accountUrl: account?.url ?? null,
      clientUses,
      unknownRoot: chain === null || staging || isMozillaRootName(chain) ? null : chain,
    };
    return examine(await toExamineDeps(deps, account?.id ?? null, asker), order, signal);
  }

  return {
    examine: (request, options) => run(request, options),
    async examineProject(projectId, options) {
      const { domain, altNames } = await findProject(stores, projectId);
      if (domain === null)
        throw new CertdeskError('DOMAIN_NOT_CONFIGURED', 'Project has no domain configured');
      const spec = await lastSpec(stores, projectId);
      const { ca = 'letsencrypt', staging = false, challengeType = 'http-01' } = spec ?? {};
      const { profile = null, preferredChain = null, email = null } = spec ?? {};
      const request = {
        names: [domain, ...altNames],
        challengeType,
        ca,
        staging,
        ...(profile === null ? {} : { profile }),
        ...(preferredChain === null ? {} : { preferredChain }),
        ...(email === null ? {} : { email }),
      };
      const { open } = await findClientUses(stores, projectId);
      return run(request, options, open);
    },
  };
}

async function toExamineDeps(
  deps: DoctorDeps,
  accountId: string | null,
  asker: Omit<DoctorOptions, 'signal'>,
): Promise<ExamineDeps> {
  const { stores, resolver, clock, http } = deps;
  return {
    resolver,
    clock,
    ...asker,
    timeoutMs: deps.timeoutMs,
    policy: deps.policy,
    ports: deps.ports,
    validators: await validatorsOf(deps),
    probe: () => http.probe(randomSecret('certdesk-doctor-')),
    askDirectory: async (url, signal) => {
      try {
        return await askDirectory(deps.acme, url, signal);
      } catch (error) {
        // An order of a person may go to a private network that this examination may not contact.
        if (error instanceof CertdeskError && error.code === 'ADDRESS_NOT_ALLOWED')
          return { date: null, caaIdentities: [] };
        throw error;
      }
    },
    async pendingValues() {
      const orders = await stores.orders.all();
      const challenges = orders.flatMap((order) => order.challenges);
      return new Set(challenges.map(({ keyAuthorization }) => dns01Value(keyAuthorization)));
    },
    async findLimit({ names, ca: { directoryUrl } }) {
      const latest = toTimestamp(clock.now());
      const plan = { directoryUrl, accountId, names, replaces: false, sameNames: false, latest };
      return deps.budget.findDeferral(plan);
    },
  };
}

/** A configured resolver sees what the CA of its network sees; otherwise public resolvers validate DNSSEC. */
async function validatorsOf({ stores, resolver }: DoctorDeps): Promise<readonly string[]> {
  if (resolver.configured) return resolver.servers;
  const { publicResolvers } = await readSettings(stores.settings, 'dns');
  const servers = publicResolvers.flatMap((text) => parseServer(text) ?? []);
  return [...new Set([...resolver.servers, ...servers.map(formatServer)])];
}

async function lastSpec({ certificates, jobs }: Stores, projectId: string) {
  const active = await certificates.active(projectId);
  if (active?.spec != null) return active.spec;
  const recent = await jobs.list({ projectId, projectIds: null, limit: 20 });
  return recent.map(({ input }) => specOf(input)).find((spec) => spec !== null) ?? null;
}
