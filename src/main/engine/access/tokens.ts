// API tokens: made, checked, revoked. The token is shown once; only its SHA-256 is kept.

import { randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import type { CreateToken, Token } from '../../../shared/token.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { TokenRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { hashOfSecret, randomSecret } from '../core/random-secret.ts';
import type { Stores } from '../core/stores.ts';

export interface Tokens {
  /**
   * @returns the token itself, which cannot be had again, and its record.
   * @throws INVALID_REQUEST for one that could never be used: it has expired already, or a project is not there.
   */
  create(body: CreateToken): Promise<{ readonly secret: string; readonly token: Token }>;
  /** @throws UNAUTHENTICATED where it is unknown, revoked or expired; which of them is not told. */
  authenticate(secret: string): Promise<TokenRecord>;
  list(): Promise<readonly Token[]>;
  /** Revoking a revoked one changes nothing. @throws TOKEN_NOT_FOUND */
  revoke(id: string): Promise<Token>;
}

/** A prefix lets secret scanners and people tell what it is. */
const PREFIX = 'cdk_';
/** Last use is written this often at most, so that a read costs no write. */
const LAST_USE_MS = 60_000;

export function createTokens(stores: Stores, journal: Journal, clock: Clock): Tokens {
  return {
    async create({ name, scopes, projectIds, expiresAt }) {
      const createdAt = toTimestamp(clock.now());
      if (expiresAt !== null && expiresAt <= createdAt) throw invalid('expiresAt', 'must be in the future');
      const secret = randomSecret(PREFIX);
      const record: TokenRecord = {
        id: randomUUID(),
        name,
        hash: hashOfSecret(secret),
        scopes: [...new Set(scopes)],
        projectIds,
        createdAt,
        expiresAt,
        lastUsedAt: null,
        revokedAt: null,
      };
      await journal.write(async (tx, emit) => {
        for (const id of projectIds ?? []) {
          if ((await tx.projects.get(id)) === null) throw invalid('projectIds', `project ${id} not found`);
        }
        await tx.tokens.create(record);
        await emit({ kind: 'token.created', message: `Token ${name} created`, data: { tokenId: record.id } });
      });
      return { secret, token: present(record) };
    },

    async authenticate(secret) {
      const record = await stores.tokens.byHash(hashOfSecret(secret));
      const now = toTimestamp(clock.now());
      if (
        record === null ||
        record.revokedAt !== null ||
        (record.expiresAt !== null && record.expiresAt <= now)
      ) {
        throw new CertdeskError('UNAUTHENTICATED', 'The API token is unknown, expired or revoked');
      }
      if (record.lastUsedAt === null || Date.parse(now) - Date.parse(record.lastUsedAt) >= LAST_USE_MS) {
        await stores.tokens.update(record.id, { lastUsedAt: now });
      }
      return record;
    },

    async list() {
      return (await stores.tokens.list()).map(present);
    },

    async revoke(id) {
      return journal.write(async (tx, emit) => {
        const record = await tx.tokens.get(id);
        if (record === null) throw new CertdeskError('TOKEN_NOT_FOUND', `API token ${id} not found`);
        if (record.revokedAt !== null) return present(record);
        const revokedAt = toTimestamp(clock.now());
        await tx.tokens.update(id, { revokedAt });
        await emit({ kind: 'token.revoked', message: `Token ${record.name} revoked`, data: { tokenId: id } });
        return present({ ...record, revokedAt });
      });
    },
  };
}

function present({ hash: _, scopes, projectIds, ...rest }: TokenRecord): Token {
  return { ...rest, scopes: [...scopes], projectIds: projectIds === null ? null : [...projectIds] };
}
