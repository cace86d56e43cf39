// CAA locks of projects: generates the records, checks them on request, and watches them every day.
import { isIP } from 'node:net';
import type { CaaLock } from '../../../shared/caa-lock.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { AcmeClient } from '../acme/contract.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { mapConcurrent } from '../core/map-concurrent.ts';
import type { Clock, Log } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { CaaLockRecord } from '../core/stores/caa-locks.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { findAccountTarget } from './account-target.ts';
import { evaluateLockAtServers, type LockReport, type LockTarget } from './caa-lock.ts';
import { createDoctorResolver } from './doctor-resolver.ts';
import { gatherCaaAtServers } from './gather-caa-servers.ts';
import { createSettle } from './gather-name.ts';
import { CHECK_MS, CONCURRENCY, checkTimes, DAY_MS, PER_SWEEP, QUERY_MS, RETRY_MS } from './watching.ts';

export interface CaaLocks {
  /**
   * Checks the records now.
   * @throws PROJECT_NOT_FOUND, INVALID_REQUEST if its names are IP addresses, CERTIFICATE_NOT_FOUND if no certificate of an ACME CA says which CA and account to bind to
   */
  get(projectId: string, signal: AbortSignal): Promise<CaaLock>;
  /** Checks the records now and every day. @throws as get */
  watch(projectId: string, signal: AbortSignal): Promise<CaaLock>;
  /** @throws PROJECT_NOT_FOUND */
  unwatch(projectId: string): Promise<void>;
  /** Checks what is due, until the signal. Never rejects. */
  sweep(signal: AbortSignal): Promise<void>;
}

export interface CaaLocksDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly acme: Pick<AcmeClient, 'directory'>;
  readonly resolver: DnsResolver;
  readonly clock: Clock;
  readonly log: Log;
  readonly directories: DirectoryOverrides;
}

export function createCaaLocks(deps: CaaLocksDeps): CaaLocks {
  const { stores, journal, clock, log } = deps;

  async function check(projectId: string, signal: AbortSignal): Promise<LockReport> {
    const { domain, altNames } = await findProject(stores, projectId);
    const names = [...(domain === null ? [] : [domain]), ...altNames].filter((name) => isIP(name) === 0);
    if (domain !== null && names.length === 0)
      throw new CertdeskError(
        'INVALID_REQUEST',
        'IP addresses have no CAA records, so there is nothing to lock',
      );
    const end = AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]);
    const target = await targetOf(deps, projectId, end);
    const resolver = createDoctorResolver(deps.resolver, QUERY_MS);
    const settle = createSettle(signal, end);
    const found = await mapConcurrent(names, { limit: CONCURRENCY }, async (name) => ({
      name,
      servers: await settle(gatherCaaAtServers(resolver, name.replace(/^\*\./, ''), end)),
    }));
    return evaluateLockAtServers(found, target);
  }

  function toRecord(projectId: string, { state, message }: LockReport): CaaLockRecord {
    return { projectId, state, message, ...checkTimes(clock, state === 'unknown' ? RETRY_MS : DAY_MS) };
  }

  /** Writes an event if the records begin or cease to permit the CA. */
  async function store(before: CaaLockRecord, report: LockReport): Promise<void> {
    const after = toRecord(before.projectId, report);
    await stores.caaLocks.update(after);
    const [was, is] = [before.state === 'forbidden', after.state === 'forbidden'];
    if (was === is || report.state === 'unknown') return;
    const { projectId, message } = after;
    await journal.emit({ kind: is ? 'caa-lock.broken' : 'caa-lock.restored', projectId, message });
  }

  async function checkWatched(lock: CaaLockRecord, signal: AbortSignal): Promise<void> {
    try {
      const report = await check(lock.projectId, signal);
      // DNS that cannot be read does not end an alarm.
      const state = report.state === 'unknown' ? lock.state : report.state;
      await store(lock, { ...report, state });
    } catch (error) {
      if (signal.aborted) return;
      const { code, message } = toCertdeskError(error);
      log.warn({ code, projectId: lock.projectId }, 'CAA records could not be checked');
      await stores.caaLocks.update({
        ...toRecord(lock.projectId, { state: 'unknown', message, add: [], remove: [] }),
        state: lock.state,
      });
    }
  }

  const present = (projectId: string, report: LockReport, watched: boolean): CaaLock => ({
    state: report.state,
    message: report.message,
    watched,
    checkedAt: toRecord(projectId, report).checkedAt,
    add: [...report.add],
    remove: [...report.remove],
  });

  return {
    async get(projectId, signal) {
      const [report, lock] = [await check(projectId, signal), await stores.caaLocks.get(projectId)];
      if (lock !== null && report.state !== 'unknown') await store(lock, report);
      return present(projectId, report, lock !== null);
    },
    async watch(projectId, signal) {
      const report = await check(projectId, signal);
      await stores.caaLocks.put(toRecord(projectId, report));
      return present(projectId, report, true);
    },
    async unwatch(projectId) {
      await findProject(stores, projectId);
      await stores.caaLocks.delete(projectId);
    },
    async sweep(signal) {
      try {
        const due = await stores.caaLocks.due(toTimestamp(clock.now()), PER_SWEEP);
        await mapConcurrent(due, { limit: CONCURRENCY }, (lock) => checkWatched(lock, signal));
      } catch (error) {
        log.error({ err: error }, 'CAA records could not be checked; retrying in a minute');
      }
    },
  };
}

/** The CA, account and method of the project's active certificate. */
async function targetOf(deps: CaaLocksDeps, projectId: string, signal: AbortSignal): Promise<LockTarget> {
  const spec = (await deps.stores.certificates.active(projectId))?.spec ?? null;
  const none = (why: string) =>
    new CertdeskError('CERTIFICATE_NOT_FOUND', `${why}: issue one from an ACME CA first`);
  if (spec === null) throw none('No certificate of the project says which CA to permit');
  const { domains, accountUrl } = await findAccountTarget(deps, spec, signal);
  if (accountUrl === null) throw none('Certdesk has no account at the CA of the certificate');
  return { domains, accountUrl, method: spec.challengeType };
}
