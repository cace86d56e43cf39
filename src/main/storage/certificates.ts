// CertificateStore on SQLite: versions of a project's certificate, one of them active.
import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import type { RevocationReason } from '../../shared/certificate.ts';
import type { CertificateFacts, CertificateRecord, RenewalState } from '../engine/core/model.ts';
import type { CertificateStore } from '../engine/core/stores/certificates.ts';
import type { CertificatesTable, Schema } from './schema.ts';

export function createCertificateStore(db: Kysely<Schema>): CertificateStore {
  const select = () => db.selectFrom('certificates').selectAll();
  const active = () => select().where('superseded_at', 'is', null).where('removed_at', 'is', null);
  return {
    async active(projectId) {
      const row = await active().where('project_id', '=', projectId).executeTakeFirst();
      return row === undefined ? null : toCertificate(row);
    },
    async facts(projectId) {
      const row = await db
        .selectFrom('certificates')
        .select(FACT_COLUMNS)
        .where('superseded_at', 'is', null)
        .where('removed_at', 'is', null)
        .where('project_id', '=', projectId)
        .executeTakeFirst();
      return row === undefined ? null : toFacts(row);
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
    due: (now) => listDue(db, now),
    async renewed() {
      const rows = await db
        .selectFrom('certificates')
        .select([
          'domain',
          'names',
          'staging',
          sql<string>`coalesce(spec ->> '$.insteadOf.ca', spec ->> '$.ca')`.as('ca'),
        ])
        .where('superseded_at', 'is', null)
        .where('removed_at', 'is', null)
        .where('auto_renew', '=', 1)
        .where('spec', 'is not', null)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({ ...row, names: JSON.parse(row.names), staging: row.staging === 1 }));
    },
    async nextDue(now) {
      const { rows } = await sql<{ at: string | null }>`SELECT min(attempt_at) AS at
        FROM listing INDEXED BY listing_by_attempt WHERE attempt_at > ${now}`.execute(db);
      return rows[0]?.at ?? null;
    },
    async toAsk(what, { now, limit }) {
      const column = what === 'ari' ? 'ari_check_at' : 'revocation_check_at';
      const rows = await select()
        .where(column, 'is not', null)
        .where(column, '<=', now)
        .where('expires_at', '>', now)
        .orderBy(column)
        .limit(limit)
        .execute();
      return rows.map(toCertificate);
    },
    async release({ projectId, dnsCredentialId, accountId }) {
      let query = db.updateTable('certificates').set({ waits_for: null }).where('waits_for', 'is not', null);
      if (projectId !== undefined) query = query.where('project_id', '=', projectId);
      if (accountId !== undefined) query = query.where('account_id', '=', accountId);
      if (dnsCredentialId !== undefined)
        query = query.where(sql<boolean>`spec ->> '$.dnsCredentialId' = ${dnsCredentialId}`);
      const result = await query.executeTakeFirst();
      return Number(result.numUpdatedRows);
    },
    async purgeSuperseded(expiredBefore) {
      const result = await db
        .deleteFrom('certificates')
        .where('superseded_at', 'is not', null)
        .where('expires_at', '<', expiredBefore)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    async anyToPurge({ removed, expired }) {
      const gone = db.selectFrom('certificates').select('id').where('removed_at', '<', removed).limit(1);
      const old = db
        .selectFrom('certificates')
        .select('id')
        .where('superseded_at', 'is not', null)
        .where('expires_at', '<', expired)
        .limit(1);
      return [await gone.execute(), await old.execute()].some((rows) => rows.length > 0);
    },
    async purgeRemoved(before) {
      const result = await db.deleteFrom('certificates').where('removed_at', '<', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

interface Due {
  readonly seq: number;
  readonly project_id: string;
  readonly expires_at: string;
}

/**
 * Lists due certificates in batches: at times all of them are due, and a renewal check starts only a few. Rows may
 * change between two batches; each batch begins after the last row of the previous one.
 */
async function* listDue(db: Kysely<Schema>, now: string): AsyncGenerator<string> {
  let after: Due | undefined;
  do {
    const beyond =
      after === undefined ? sql`1` : sql`(expires_at, seq) > (${after.expires_at}, ${after.seq})`;
    // This index alone finds and sorts due certificates; the outer query then reads their rows.
    const { rows } = await sql<Due>`SELECT seq, project_id, due.expires_at FROM (
        SELECT seq, expires_at FROM listing INDEXED BY listing_by_attempt
        WHERE attempt_at <= ${now} AND ${beyond} ORDER BY expires_at, seq LIMIT ${DUE_AT_ONCE}
      ) AS due JOIN listing USING (seq) ORDER BY due.expires_at, seq`.execute(db);
    for (const { project_id } of rows) yield project_id;
    after = rows.length < DUE_AT_ONCE ? undefined : rows.at(-1);
  } while (after !== undefined);
}

const DUE_AT_ONCE = 250;

type Patch = Parameters<CertificateStore['update']>[1];

function toColumns(patch: Patch): Updateable<CertificatesTable> {
  const { autoRenew, renewal, removedAt, supersededAt, revokedAt, revocationReason } = patch;
  const { revocationCheck, acknowledgement } = patch;
  return {
    ...(autoRenew === undefined ? {} : { auto_renew: autoRenew ? 1 : 0 }),
    ...(renewal === undefined ? {} : renewalColumns(renewal)),
    ...(revocationCheck === undefined ? {} : { revocation_check: JSON.stringify(revocationCheck) }),
    ...(removedAt === undefined ? {} : { removed_at: removedAt }),
    ...(supersededAt === undefined ? {} : { superseded_at: supersededAt }),
    ...(revokedAt === undefined ? {} : { revoked_at: revokedAt }),
    ...(revocationReason === undefined ? {} : { revocation_reason: revocationReason }),
    ...(acknowledgement === undefined
      ? {}
      : { acknowledgement: acknowledgement === null ? null : JSON.stringify(acknowledgement) }),
  };
}

function renewalColumns(renewal: RenewalState) {
  return {
    last_attempt: renewal.lastAttempt,
    last_error: renewal.lastError,
    last_error_code: renewal.lastErrorCode,
    failures: renewal.failures,
    next_attempt_at: renewal.nextAttemptAt,
    waits_for: renewal.waitsFor,
    put_off: renewal.deferralReason,
    ari: renewal.ari === null ? null : JSON.stringify(renewal.ari),
    earlier: renewal.jitterSeconds,
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
    spec: certificate.spec === null ? null : JSON.stringify(certificate.spec),
    account_id: certificate.accountId,
    renewed_from: certificate.renewedFrom,
    ...renewalColumns(certificate.renewal),
    stored_at: certificate.storedAt,
    superseded_at: certificate.supersededAt,
    removed_at: certificate.removedAt,
    revoked_at: certificate.revokedAt,
    revocation_reason: certificate.revocationReason,
    acknowledgement: certificate.acknowledgement == null ? null : JSON.stringify(certificate.acknowledgement),
  };
}

export const FACT_COLUMNS = [
  'id',
  'project_id',
  'type',
  'domain',
  'names',
  'issued_at',
  'expires_at',
  'issuer_name',
  'issuer_organization',
  'serial',
  'fingerprint',
  'staging',
  'auto_renew',
  'spec',
  'account_id',
  'renewed_from',
  'last_attempt',
  'last_error',
  'last_error_code',
  'failures',
  'next_attempt_at',
  'waits_for',
  'put_off',
  'ari',
  'earlier',
  'stored_at',
  'superseded_at',
  'removed_at',
  'revoked_at',
  'revocation_reason',
  'acknowledgement',
] as const satisfies readonly (keyof CertificatesTable)[];

export type FactsRow = Pick<Selectable<CertificatesTable>, (typeof FACT_COLUMNS)[number]>;

export function toCertificate(row: Selectable<CertificatesTable>): CertificateRecord {
  return { ...toFacts(row), chain: row.chain, keySealed: row.key_sealed };
}

export function toFacts(row: FactsRow): CertificateFacts {
  return {
    id: row.id,
    projectId: row.project_id,
    type: row.type,
    domain: row.domain,
    names: JSON.parse(row.names),
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    issuerName: row.issuer_name,
    issuerOrganization: row.issuer_organization,
    serial: row.serial,
    fingerprint: row.fingerprint,
    staging: row.staging === 1,
    autoRenew: row.auto_renew === 1,
    spec: row.spec === null ? null : JSON.parse(row.spec),
    accountId: row.account_id,
    renewedFrom: row.renewed_from,
    renewal: {
      lastAttempt: row.last_attempt,
      lastError: row.last_error,
      lastErrorCode: row.last_error_code,
      failures: row.failures,
      nextAttemptAt: row.next_attempt_at,
      waitsFor: row.waits_for,
      deferralReason: row.put_off,
      ari: row.ari === null ? null : JSON.parse(row.ari),
      jitterSeconds: row.earlier,
    },
    storedAt: row.stored_at,
    supersededAt: row.superseded_at,
    removedAt: row.removed_at,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason as RevocationReason | null,
    acknowledgement: row.acknowledgement === null ? null : JSON.parse(row.acknowledgement),
  };
}
