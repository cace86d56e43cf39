// Creates, checks and revokes API tokens. A token is shown once; only its SHA-256 hash is stored.

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
   * Creates a token.
   * @returns the token itself, which cannot be read again, and its record
   * @throws INVALID_REQUEST if the token could never be used: its expiry date has passed, or a project does not exist
   */
  create(body: CreateToken): Promise<{ readonly secret: string; readonly token: Token }>;
  /** @throws UNAUTHENTICATED if the token is unknown, revoked or expired; the error does not say which */
  authenticate(secret: string): Promise<TokenRecord>;
  list(): Promise<readonly Token[]>;
  /**
   * Revokes a token. Does nothing if it is already revoked.
   * @throws TOKEN_NOT_FOUND
   */
  revoke(id: string): Promise<Token>;
}

/** The prefix lets secret scanners and users recognize a token. */
const PREFIX = 'cdk_';
/** The last use is stored at most this often, so that reading does not cost a write each time. */
const LAST_USE_INTERVAL_MS = 60_000;

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
      if (
        record.lastUsedAt === null ||
        Date.parse(now) - Date.parse(record.lastUsedAt) >= LAST_USE_INTERVAL_MS
      ) {
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
