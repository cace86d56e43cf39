// Presents certificate records in the forms of the API. Pure.

import type { z } from 'zod';
import type {
  Certificate,
  CertificateStatusSchema,
  Obtained,
  Renewed,
  Status,
  Uploaded,
} from '../../../shared/certificate.ts';
import type { Deployed } from '../../../shared/deployed.ts';
import type { NextActionSchema } from '../../../shared/project.ts';
import type { Served } from '../../../shared/served.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { CertificateFacts, CertificateRecord, JobCertificate, JobRecord } from '../core/model.ts';
import { attemptAt, planRenewal, renewsItself } from './renewal-plan.ts';

const DAY_MS = 86_400_000;
/** `expiring_soon` in the specification: 30 days or less remaining. */
const SOON_DAYS = 30;

/** Returns the time by which a certificate must expire to count as expiring soon. */
export function expiresSoonBy(now: Date): Timestamp {
  return toTimestamp(new Date(now.getTime() + SOON_DAYS * DAY_MS));
}

/** Returns the status as the specification defines it. */
export function statusOf(certificate: CertificateFacts, now: Date): z.infer<typeof CertificateStatusSchema> {
  if (certificate.revokedAt !== null) return 'revoked';
  const remaining = Date.parse(certificate.expiresAt) - now.getTime();
  if (remaining <= 0) return 'expired';
  return remaining <= SOON_DAYS * DAY_MS ? 'expiring_soon' : 'valid';
}

type Shown = Pick<CertificateRecord, 'domain' | 'issuedAt' | 'expiresAt' | 'staging'>;

const issued = ({ domain, issuedAt, expiresAt }: Shown) => ({ domain, issuedAt, expiresAt });
const staging = (certificate: Shown) => (certificate.staging ? { staging: true as const } : {});

/** Presents the certificate of a project. */
export function presentCertificate(certificate: CertificateFacts, now: Date): Certificate {
  const { type, autoRenew, names, serial, fingerprint, renewedFrom, revokedAt, acknowledgement } =
    certificate;
  return {
    ...issued(certificate),
    type,
    issuer: certificate.issuerName,
    autoRenew,
    names: [...names],
    serial,
    fingerprint,
    status: statusOf(certificate, now),
    ...(renewedFrom === null ? {} : { renewedFrom }),
    ...(revokedAt === null ? {} : { revokedAt }),
    ...(acknowledgement == null ? {} : { acknowledgement }),
    ...staging(certificate),
  };
}

/**
 * Presents a job's result, for the response to the request that started it and for `GET /jobs/{id}`. Null until the
 * job has succeeded.
 */
export function presentResult({ input, result }: Pick<JobRecord, 'input' | 'result'>) {
  if (result === null) return null;
  const { certificate } = result;
  const message = 'Certificate revoked';
  if (certificate === null) return { message };
  if (input.kind === 'revoke') return { message, certificate: presentRenewed(certificate) };
  if (input.kind === 'renew') return { certificate: presentRenewed(certificate) };
  return { certificate: presentObtained(certificate), ...(input.dryRun ? { dryRun: true } : {}) };
}

function presentObtained(certificate: JobCertificate): Obtained {
  const { issuerOrganization: issuer, autoRenew, type, names } = certificate;
  return { ...issued(certificate), issuer, autoRenew, type, names: [...names], ...staging(certificate) };
}

function presentRenewed(certificate: JobCertificate): Renewed {
  const { renewedFrom, issuerOrganization: issuer, autoRenew } = certificate;
  return {
    ...issued(certificate),
    renewedFrom: renewedFrom ?? certificate.issuedAt,
    issuer,
    autoRenew,
    ...staging(certificate),
  };
}

/** Presents the result of an upload. */
export function presentUploaded(certificate: CertificateFacts): Uploaded {
  return { ...issued(certificate), type: 'custom', issuer: certificate.issuerOrganization };
}

/** Presents the status with the renewal plan, the last attempt, and where the certificate is in use. */
export function presentStatus(
  certificate: CertificateFacts,
  now: Date,
  use: { readonly deployed?: Deployed | undefined; readonly served?: Served | undefined } = {},
): Status {
  const { domain, expiresAt, autoRenew, renewal } = certificate;
  const plan = renewsItself(certificate) ? planRenewal(certificate) : null;
  return {
    status: statusOf(certificate, now),
    domain,
    expiresAt,
    daysUntilExpiry: Math.ceil((Date.parse(expiresAt) - now.getTime()) / DAY_MS),
    autoRenew,
    lastRenewAttempt: renewal.lastAttempt,
    lastRenewError: renewal.lastError,
    lastRenewErrorCode: renewal.lastErrorCode,
    renewAt: plan?.renewAt ?? null,
    renewReason: plan?.reason ?? null,
    nextAttemptAt: attemptAt(certificate),
    renewFailures: renewal.failures,
    nextAttemptReason: describeNextAttempt(certificate),
    waitsFor: renewal.waitsFor,
    renewWindow: renewal.ari?.window ?? null,
    renewExplanationUrl: renewal.ari?.explanationUrl ?? null,
    deployed: use.deployed ?? null,
    served: use.served ?? null,
    ...staging(certificate),
  };
}

/**
 * The reason for the time of the next attempt, or for not attempting one. Null if the certificate does not renew
 * automatically.
 */
function describeNextAttempt(certificate: CertificateFacts): string | null {
  if (!renewsItself(certificate)) return null;
  const { waitsFor, nextAttemptAt, deferralReason } = certificate.renewal;
  if (waitsFor !== null) return waitsFor;
  if (nextAttemptAt === null || attemptAt(certificate) !== nextAttemptAt)
    return planRenewal(certificate).reason;
  return deferralReason ?? 'The last attempt failed';
}

/** Presents the next renewal attempt for lists of projects. */
export function presentNextAction(certificate: CertificateFacts): z.infer<typeof NextActionSchema> {
  const { spec, renewal } = certificate;
  const at = attemptAt(certificate);
  return {
    nextAttemptAt: at,
    reason: describeNextAttempt(certificate),
    failures: renewal.failures,
    lastError: renewal.lastError,
    lastErrorCode: renewal.lastErrorCode,
    provider: spec === null ? null : (spec.dnsProvider ?? spec.challengeType),
    ca: spec?.ca ?? null,
  };
}
