// dns-persist-01 records of projects: says which ones the names need, reads them, and watches those of active certificates.
import type { PersistReport, PersistRequest } from '../../../shared/persist-record.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { AccountOwner } from '../acme/accounts.ts';
import type { Journal } from '../audit/journal.ts';
import { readPersistTexts, type ServerTexts } from '../challenges/dns-persist-01.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { CertificateRecord, IssuanceSpec } from '../core/model.ts';
import type { Clock, Log } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { PersistCheckRecord } from '../core/stores/persist-records.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { specOf } from '../jobs/job-input.ts';
import { type AccountTargetDeps, findAccountTarget, type TargetChoice } from './account-target.ts';
import { describeCa } from './ca-facts.ts';
import { createDoctorResolver } from './doctor-resolver.ts';
import { createSettle } from './gather-name.ts';
import {
  basesOf,
  isPersistAlarm,
  judgePersistServers,
  type PersistEffect,
  summarizePersist,
} from './persist-report.ts';
import {
  CHECK_MS,
  CONCURRENCY,
  checkTimes,
  DAY_MS,
  noServerAnswers,
  PER_SWEEP,
  QUERY_MS,
  RETRY_MS,
} from './watching.ts';

export interface PersistRecords {
  /**
   * Shows the records of a request that was not sent yet, and reads DNS.
   * @throws UNKNOWN_CA, INVALID_REQUEST, ACME_PROTOCOL_ERROR, the signal's reason
   */
  preview(request: PersistRequest, signal: AbortSignal): Promise<PersistReport>;
  /**
   * Registers the account at the CA if Certdesk has none there, as the request would, so that the records are known before.
   * @throws as preview, ACME_*
   */
  prepare(request: PersistRequest, signal: AbortSignal): Promise<PersistReport>;
  /**
   * The same for the names of a project, with the CA and account of its certificate or last request.
   * @throws PROJECT_NOT_FOUND, DOMAIN_NOT_CONFIGURED, and as preview
   */
  get(projectId: string, signal: AbortSignal): Promise<PersistReport>;
  /** Checks what is due, until the signal. Never rejects. */
  sweep(signal: AbortSignal): Promise<void>;
}

export interface PersistRecordsDeps extends AccountTargetDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  /** Registers the account if necessary. */
  openAccount(owner: AccountOwner, signal: AbortSignal): Promise<unknown>;
  readonly resolver: DnsResolver;
  readonly clock: Clock;
  readonly log: Log;
}

const REGISTER_MS = 30_000;

const effectOf = ({ dnsProvider }: Pick<IssuanceSpec, 'dnsProvider'>): PersistEffect =>
  dnsProvider === null || dnsProvider === 'manual' ? 'renewal-fails' : 'renewal-creates';

type Summary = Pick<PersistReport, 'state' | 'message'>;

export function createPersistRecords(deps: PersistRecordsDeps): PersistRecords {
  const { stores, journal, clock, log } = deps;

  async function examine(
    names: readonly string[],
    choice: TargetChoice,
    effect: PersistEffect,
    signal: AbortSignal,
  ): Promise<Omit<PersistReport, 'watched'>> {
    const bases = basesOf(names);
    if (bases.length === 0)
      throw new CertdeskError('INVALID_REQUEST', 'IP addresses are not validated with dns-persist-01');
    const end = AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]);
    const target = await findAccountTarget(deps, choice, end);
    const resolver = createDoctorResolver(deps.resolver, QUERY_MS);
    const settle = createSettle(signal, end);
    const now = clock.now();
    const records = await mapConcurrent(bases, { limit: CONCURRENCY }, async (base) => {
      const found = await settle(read(resolver, base.base, end));
      return judgePersistServers(base, found, target, now);
    });
    const { ca, accountUrl } = target;
    return {
      ...summarizePersist(records, effect),
      ca,
      accountUrl,
      checkedAt: toTimestamp(now),
      records,
    };
  }

  /** Stores the result, and writes an event if an alarm begins or ends. */
  async function store({ id, projectId }: CertificateRecord, report: Summary): Promise<void> {
    const before = await stores.persistRecords.get(projectId);
    // DNS that cannot be read does not end an alarm.
    const keeps = report.state === 'unknown' && before !== null && isPersistAlarm(before.state);
    const { state, message } = keeps ? before : report;
    const times = checkTimes(clock, report.state === 'valid' ? DAY_MS : RETRY_MS);
    const check: PersistCheckRecord = { projectId, certificateId: id, state, message, ...times };
    await stores.persistRecords.put(check);
    const [was, is] = [before !== null && isPersistAlarm(before.state), isPersistAlarm(state)];
    if (was === is) return;
    await journal.emit({
      kind: is ? 'persist-record.broken' : 'persist-record.restored',
      projectId,
      message,
    });
  }

  async function checkProject(projectId: string, signal: AbortSignal): Promise<void> {
    const certificate = await stores.certificates.active(projectId);
    if (certificate?.spec == null) return;
    const { spec } = certificate;
    const report = await examine(spec.names, spec, effectOf(spec), signal).catch(
      (error: unknown): Summary | null => {
        if (signal.aborted) return null;
        const { code, message } = toCertdeskError(error);
        log.warn({ code, projectId }, 'dns-persist-01 records could not be checked');
        return { state: 'unknown', message };
      },
    );
    if (report !== null) await store(certificate, report);
  }

  const preview: PersistRecords['preview'] = async ({ names, ca, staging, email = null }, signal) => {
    const report = await examine(names, { ca, staging, email }, 'none-yet', signal);
    return { ...report, watched: false };
  };

  return {
    preview,
    async prepare(request, signal) {
      const { ca, staging, email = null } = request;
      const { directoryUrl } = describeCa({ ca, staging, profile: null }, deps.directories);
      const end = AbortSignal.any([signal, AbortSignal.timeout(REGISTER_MS)]);
      await deps.openAccount({ directoryUrl, email, eab: null }, end);
      return preview(request, signal);
    },
    async get(projectId, signal) {
      const { domain, altNames } = await findProject(stores, projectId);
      const certificate = await stores.certificates.active(projectId);
      const spec = certificate?.spec ?? (await lastSpec(stores, projectId));
      const watched = certificate?.spec?.challengeType === 'dns-persist-01' && certificate.revokedAt === null;
      const names = [
        ...new Set([
          ...(domain === null ? [] : [domain]),
          ...altNames,
          ...(watched ? (spec?.names ?? []) : []),
        ]),
      ];
      if (names.length === 0)
        throw new CertdeskError('DOMAIN_NOT_CONFIGURED', 'Project has no domain configured');
      const { ca = 'letsencrypt', staging = false, email = null } = spec ?? {};
      const effect = watched && spec !== null ? effectOf(spec) : 'none-yet';
      const report = await examine(names, { ca, staging, email }, effect, signal);
      if (watched && spec !== null) {
        const bases = basesOf(spec.names).map(({ base }) => base);
        const own = report.records.filter((record) =>
          bases.some((base) => record.name === `_validation-persist.${base}`),
        );
        await store(certificate, summarizePersist(own, effect));
      }
      return { ...report, watched };
    },
    async sweep(signal) {
      try {
        await stores.persistRecords.deleteUnused();
        const due = await stores.persistRecords.due(toTimestamp(clock.now()), PER_SWEEP);
        await mapConcurrent(due, { limit: CONCURRENCY }, (projectId) =>
          // A project that was removed meanwhile must not stop the others.
          checkProject(projectId, signal).catch((error: unknown) =>
            log.warn({ projectId, err: error }, 'The check of dns-persist-01 records could not be stored'),
          ),
        );
      } catch (error) {
        log.error({ err: error }, 'dns-persist-01 records could not be checked; retrying in a minute');
      }
    },
  };
}

async function read(
  resolver: DnsResolver,
  base: string,
  signal: AbortSignal,
): Promise<readonly ServerTexts[]> {
  const found = await readPersistTexts(resolver, base, { signal, report() {} });
  if (found.length === 0) throw noServerAnswers();
  return found;
}

/** The last request that was to be validated this way, or else the last one. */
async function lastSpec({ jobs }: Stores, projectId: string) {
  const recent = await jobs.list({ projectId, projectIds: null, limit: 20 });
  const specs = recent.flatMap(({ input }) => specOf(input) ?? []);
  return specs.find(({ challengeType }) => challengeType === 'dns-persist-01') ?? specs[0] ?? null;
}
