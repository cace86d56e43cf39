// CertificateStore on SQLite: versions of a project's certificate, one of them active.
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { RevocationReason } from '../../shared/certificate.ts';
import type { CertificateRecord } from '../engine/model.ts';
import type { CertificateStore } from '../engine/stores.ts';
import type { CertificatesTable, Schema } from './schema.ts';

export function createCertificateStore(db: Kysely<Schema>): CertificateStore {
  const select = () => db.selectFrom('certificates').selectAll();
  const active = () => select().where('superseded_at', 'is', null).where('removed_at', 'is', null);
  return {
    async active(projectId) {
      const row = await active().where('project_id', '=', projectId).executeTakeFirst();
      return row === undefined ? null : toCertificate(row);
    },
    async get(id) {
      const row = await select().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toCertificate(row);
    },
    async versions(projectId, limit) {
      const ofProject = select().where('project_id', '=', projectId);
      const rows = await ofProject.orderBy('seq', 'desc').limit(limit).execute();
      const { total } = await db
        .selectFrom('certificates')
        .where('project_id', '=', projectId)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return { items: rows.map(toCertificate), total };
    },
    async removed(projectId) {
      const rows = await select()
        .where('project_id', '=', projectId)
        .where('removed_at', 'is not', null)
        .orderBy('removed_at', 'desc')
        .orderBy('seq', 'desc')
        .execute();
      return rows.map(toCertificate);
    },
    async like(fingerprint, names) {
      const rows = await select()
        .where('removed_at', 'is', null)
        .where((eb) =>
          eb.or([
            eb('fingerprint', '=', fingerprint),
            eb.and([eb('superseded_at', 'is', null), eb('domain', 'in', [...names])]),
          ]),
        )
        .orderBy('superseded_at')
        .execute();
      return rows.map(toCertificate);
    },
    async activate(certificate) {
      await db
        .updateTable('certificates')
        .set({ superseded_at: certificate.storedAt })
        .where('project_id', '=', certificate.projectId)
        .where('superseded_at', 'is', null)
        .where('removed_at', 'is', null)
        .execute();
      await db.insertInto('certificates').values(toRow(certificate)).execute();
    },
    async update(id, patch) {
      await db.updateTable('certificates').set(toColumns(patch)).where('id', '=', id).execute();
    },
    async renewable() {
      const rows = await active()
        .where('auto_renew', '=', 1)
        .where('recipe', 'is not', null)
        .where('revoked_at', 'is', null)
        .orderBy('expires_at')
        .execute();
      return rows.map(toCertificate);
    },
    async purgeRemoved(before) {
      const result = await db.deleteFrom('certificates').where('removed_at', '<', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

type Patch = Parameters<CertificateStore['update']>[1];

function toColumns(patch: Patch): Updateable<CertificatesTable> {
  const { autoRenew, renewal, removedAt, supersededAt, revokedAt, revocationReason } = patch;
  return {
    ...(autoRenew === undefined ? {} : { auto_renew: autoRenew ? 1 : 0 }),
    ...(renewal === undefined
      ? {}
      : {
          last_attempt: renewal.lastAttempt,
          last_error: renewal.lastError,
          failures: renewal.failures,
          next_attempt_at: renewal.nextAttemptAt,
        }),
    ...(removedAt === undefined ? {} : { removed_at: removedAt }),
    ...(supersededAt === undefined ? {} : { superseded_at: supersededAt }),
    ...(revokedAt === undefined ? {} : { revoked_at: revokedAt }),
    ...(revocationReason === undefined ? {} : { revocation_reason: revocationReason }),
  };
}

function toRow(certificate: CertificateRecord): Insertable<CertificatesTable> {
  return {
    id: certificate.id,
    project_id: certificate.projectId,
    type: certificate.type,
    domain: certificate.domain,
    names: JSON.stringify(certificate.names),
    chain: certificate.chain,
    key_sealed: certificate.keySealed,
    issued_at: certificate.issuedAt,
    expires_at: certificate.expiresAt,
    issuer_name: certificate.issuerName,
    issuer_organization: certificate.issuerOrganization,
    serial: certificate.serial,
    fingerprint: certificate.fingerprint,
    staging: certificate.staging ? 1 : 0,
    auto_renew: certificate.autoRenew ? 1 : 0,
    recipe: certificate.recipe === null ? null : JSON.stringify(certificate.recipe),
    account_id: certificate.accountId,
    renewed_from: certificate.renewedFrom,
    last_attempt: certificate.renewal.lastAttempt,
    last_error: certificate.renewal.lastError,
    failures: certificate.renewal.failures,
    next_attempt_at: certificate.renewal.nextAttemptAt,
    stored_at: certificate.storedAt,
    superseded_at: certificate.supersededAt,
    removed_at: certificate.removedAt,
    revoked_at: certificate.revokedAt,
    revocation_reason: certificate.revocationReason,
  };
}

export function toCertificate(row: Selectable<CertificatesTable>): CertificateRecord {
  return {
    id: row.id,
    projectId: row.project_id,
    type: row.type,
    domain: row.domain,
    names: JSON.parse(row.names),
    chain: row.chain,
    keySealed: row.key_sealed,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    issuerName: row.issuer_name,
    issuerOrganization: row.issuer_organization,
    serial: row.serial,
    fingerprint: row.fingerprint,
    staging: row.staging === 1,
    autoRenew: row.auto_renew === 1,
    recipe: row.recipe === null ? null : JSON.parse(row.recipe),
    accountId: row.account_id,
    renewedFrom: row.renewed_from,
    renewal: {
      lastAttempt: row.last_attempt,
      lastError: row.last_error,
      failures: row.failures,
      nextAttemptAt: row.next_attempt_at,
    },
    storedAt: row.stored_at,
    supersededAt: row.superseded_at,
    removedAt: row.removed_at,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason as RevocationReason | null,
  };
}
