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
  /**
   * Lists the projects that a token may use now. The tags of projects change, so ask for each request.
   * @returns null for all projects; none if the token is unknown
   */
  projectsOf(id: string): Promise<readonly string[] | null>;
  /** @throws UNAUTHENTICATED if the token is unknown, revoked or expired; the error does not say which */
  authenticate(secret: string): Promise<AuthenticatedToken>;
  list(): Promise<readonly Token[]>;
  /**
   * Revokes a token. Does nothing if it is already revoked.
   * @throws TOKEN_NOT_FOUND
   */
  revoke(id: string): Promise<Token>;
}

export interface AuthenticatedToken extends Pick<TokenRecord, 'id' | 'name' | 'scopes'> {
  /** The projects that the token may use, by id and by tag; null for all. */
  readonly projectIds: readonly string[] | null;
}

/** The prefix lets secret scanners and users recognize a token. */
const PREFIX = 'cdk_';
/** The last use is stored at most this often, so that reading does not cost a write each time. */
const LAST_USE_INTERVAL_MS = 60_000;

export function createTokens(stores: Stores, journal: Journal, clock: Clock): Tokens {
  async function projectsOf({ projectIds, tags }: TokenRecord): Promise<readonly string[] | null> {
    if (projectIds === null || tags.length === 0) return projectIds;
    return [...new Set([...projectIds, ...(await stores.projects.idsWithTags(tags))])];
  }

  return {
    async create({ name, scopes, projectIds: given, tags = [], expiresAt }) {
      const createdAt = toTimestamp(clock.now());
      if (expiresAt !== null && expiresAt <= createdAt) throw invalid('expiresAt', 'must be in the future');
      // Code that ignores the tags must see a token without projects, not one for all.
      const projectIds = given === null && tags.length > 0 ? [] : given;
      const secret = randomSecret(PREFIX);
      const record: TokenRecord = {
        id: randomUUID(),
        name,
        hash: hashOfSecret(secret),
        scopes: [...new Set(scopes)],
        projectIds,
        tags: [...tags],
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
      const { id, name, scopes } = record;
      return { id, name, scopes, projectIds: await projectsOf(record) };
    },

    async projectsOf(id) {
      const record = await stores.tokens.get(id);
      return record === null ? [] : projectsOf(record);
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

function present({ hash: _, scopes, projectIds, tags, ...rest }: TokenRecord): Token {
  return { ...rest, scopes: [...scopes], projectIds: projectIds && [...projectIds], tags: [...tags] };
}
