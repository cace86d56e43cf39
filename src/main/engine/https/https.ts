// Chooses the certificate for Certdesk's own HTTPS and follows its project: after a renewal, an upload, a removal or a
// revocation it tells the server which certificate to serve from now on.
import {
  HTTPS_PROBLEMS,
  type HttpsHealth,
  type HttpsProblem,
  type HttpsState,
  type HttpsSummary,
} from '../../../shared/https.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { CertificateRecord, ProjectRecord } from '../core/model.ts';
import type { Clock, Log, SecretStore, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { createEveryMinute } from '../jobs/every-minute.ts';
import { readSettings } from '../settings/settings.ts';
import { loadSelfSigned } from './self-signed.ts';
import { type ServedCertificate, toServedCertificate } from './served-certificate.ts';

export interface HttpsOptions {
  /** Id or domain of the project, from the command line; null: the project in the settings. */
  readonly project: string | null;
  /** Host names and addresses for the self-signed certificate. */
  readonly names: readonly string[];
  /** Whether HTTP requests are redirected, from the command line; null: as in the settings. */
  readonly redirect: boolean | null;
}

export interface HttpsService {
  /** Loads the certificate and follows its project. Call it before the server listens. */
  start(options: HttpsOptions): Promise<void>;
  stop(): Promise<void>;
  /** The certificate to serve; null before `start`. */
  current(): ServedCertificate | null;
  /** Null if HTTPS is off. */
  state(): HttpsState | null;
  /** Whether requests by plain HTTP are redirected to HTTPS. */
  redirects(): boolean;
  /** Remembers that no port is open on which requests could be redirected. */
  cannotRedirect(): void;
  /** Whether HTTPS uses the certificate of this project, which therefore must not be removed. */
  usesProject(projectId: string): boolean;
  /** Calls the listener after each change of the certificate. @returns a function that removes it */
  onChange(listener: (certificate: ServedCertificate) => void): () => void;
}

export interface HttpsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the selected project offers: a usable certificate, or the reason why it has none. */
type Offer =
  | { readonly record: CertificateRecord; readonly projectId: string }
  | { readonly problem: HttpsProblem; readonly projectId: string | null };

const RELEVANT_EVENTS = /^(?:certificate|project|settings)\./;

export function createHttps(deps: HttpsDeps): HttpsService {
  const { stores, journal, vault, clock, log } = deps;
  const listeners = new Set<(certificate: ServedCertificate) => void>();
  let options: HttpsOptions | null = null;
  let selfSigned: ServedCertificate | null = null;
  let served: ServedCertificate | null = null;
  let problem: HttpsProblem | null = null;
  let projectId: string | null = null;
  let redirects = false;
  let hasRedirectPort = true;
  let unlisten: (() => void) | null = null;
  let refreshing: Promise<void> = Promise.resolve();

  async function findSelected(selected: string): Promise<ProjectRecord | null> {
    return (await stores.projects.get(selected)) ?? (await stores.projects.ofDomain(selected))[0] ?? null;
  }

  async function readOffer(selected: string | null): Promise<Offer> {
    if (selected === null) return { problem: 'no-project', projectId: null };
    const project = await findSelected(selected);
    if (project === null) return { problem: 'project-removed', projectId: selected };
    const { id } = project;
    const record = await stores.certificates.active(id);
    if (record === null) return { problem: 'no-certificate', projectId: id };
    if (record.revokedAt !== null) return { problem: 'certificate-revoked', projectId: id };
    if (isExpired(record)) return { problem: 'certificate-expired', projectId: id };
    return { record, projectId: id };
  }

  const isExpired = ({ expiresAt }: Pick<CertificateRecord, 'expiresAt'>): boolean =>
    expiresAt <= toTimestamp(clock.now());

  async function open({ id, chain, keySealed }: CertificateRecord): Promise<ServedCertificate | null> {
    if (served?.versionId === id) return { ...served, kind: 'project' };
    try {
      const key = await vault.open(keySealed, `certificate:${id}`);
      return toServedCertificate({ cert: chain, key }, { kind: 'project', versionId: id });
    } catch (error) {
      log.error({ err: error }, HTTPS_PROBLEMS['key-unreadable']);
      return null;
    }
  }

  /** The certificate that is served now, unless it has expired or been revoked, or the user wants none. */
  async function previous(why: HttpsProblem): Promise<ServedCertificate | null> {
    if (why === 'no-project' || served === null || served.versionId === null || isExpired(served))
      return null;
    const version = await stores.certificates.get(served.versionId);
    return version !== null && version.revokedAt !== null ? null : { ...served, kind: 'previous' };
  }

  async function refresh(): Promise<void> {
    if (options === null || selfSigned === null) return;
    const settings = await readSettings(stores.settings, 'https');
    redirects = options.redirect ?? settings.redirectHttp;
    const offer = await readOffer(options.project ?? settings.projectId);
    const opened = 'record' in offer ? await open(offer.record) : null;
    const why = 'problem' in offer ? offer.problem : opened === null ? 'key-unreadable' : null;
    const next = why === null ? opened : await previous(why);
    projectId = offer.projectId;
    await change(next ?? selfSigned, why);
  }

  async function change(next: ServedCertificate, why: HttpsProblem | null): Promise<void> {
    const isNew = served?.fingerprint !== next.fingerprint;
    const isOther = isNew || why !== problem || served?.kind !== next.kind;
    [served, problem] = [next, why];
    if (!isOther) return;
    const { kind, fingerprint, names } = next;
    const facts = { certificate: kind, problem: why, projectId, fingerprint, names };
    const message = why === null ? 'HTTPS serves the certificate of its project' : explain(why, kind);
    if (why === null) log.info(facts, message);
    else log.warn(facts, message);
    if (isNew) for (const listener of listeners) listener(next);
    // For pages that show the state. What happens before the server listens is part of its output.
    if (unlisten !== null) await journal.emit({ kind: 'engine.https-changed', message });
  }

  /** Never rejects: a database that fails must not take the certificate away. */
  function refreshSoon(): Promise<void> {
    refreshing = journal
      .detached(() => refreshing.then(refresh))
      .catch((error: unknown) => {
        log.error(
          { err: error },
          'The certificate for HTTPS could not be checked. Certdesk keeps serving the last one',
        );
      });
    return refreshing;
  }

  // Notices what causes no event in this process: an expiry, a change by the command line, an unlocked keychain.
  const everyMinute = createEveryMinute(refreshSoon);

  return {
    async start(given) {
      options = given;
      selfSigned = await loadSelfSigned(deps, given.names);
      served = selfSigned;
      await refreshSoon();
      unlisten = journal.listen(({ kind }) => {
        if (RELEVANT_EVENTS.test(kind)) void refreshSoon();
      });
      everyMinute.start();
    },
    async stop() {
      unlisten?.();
      await everyMinute.stop();
      await refreshing;
    },
    current: () => served,
    state() {
      if (served === null) return null;
      const { kind, names, fingerprint, expiresAt, trusted } = served;
      return {
        certificate: kind,
        problem,
        message: problem === null ? null : explain(problem, kind),
        projectId,
        names: [...names],
        fingerprint,
        expiresAt,
        trusted,
        redirect: redirects ? (hasRedirectPort ? 'on' : 'no-port') : 'off',
      };
    },
    redirects: () => served !== null && redirects,
    cannotRedirect() {
      hasRedirectPort = false;
    },
    usesProject: (id) => served !== null && projectId === id,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The part of the state that everyone may read. */
export function httpsHealth(state: HttpsState | null): HttpsHealth | null {
  return state && { certificate: state.certificate, problem: state.problem };
}

/** The part that the overview shows. */
export function httpsSummary(state: HttpsState | null): HttpsSummary | null {
  return state && { certificate: state.certificate, problem: state.problem, message: state.message };
}

/** Whether the chosen certificate is not served. A server without a chosen project is self-signed on purpose. */
export function needsAttention(https: HttpsHealth | null): boolean {
  return https !== null && https.problem !== null && https.problem !== 'no-project';
}

function explain(problem: HttpsProblem, kind: ServedCertificate['kind']): string {
  const instead =
    kind === 'previous' ? 'the certificate that it has served so far' : 'its self-signed certificate';
  return `${HTTPS_PROBLEMS[problem]} Certdesk serves ${instead}.`;
}
