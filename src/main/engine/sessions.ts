// Signing in to the GUI: a link that works once makes a session. Both are random secrets of which only SHA-256 is kept,
// so the command line can make a link beside a running server, and a session survives a restart.
import { randomUUID } from 'node:crypto';
import type { Session } from '../../shared/session.ts';
import { type Timestamp, toTimestamp } from '../../shared/time.ts';
import { CertdeskError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { SessionRecord } from './model.ts';
import type { Clock } from './ports.ts';
import { hashOfSecret, randomSecret } from './random-secret.ts';
import type { Stores } from './stores.ts';

export interface Sessions {
  /** A link's secret, which is good once and until `expiresAt`. */
  createLink(): Promise<{ readonly secret: string; readonly expiresAt: Timestamp }>;
  /**
   * Trades a link for a session. @param from The browser, and where it is.
   * @returns the session's secret, which cannot be had again. @throws SIGN_IN_LINK_INVALID
   */
  open(
    linkSecret: string,
    from: Pick<Session, 'name' | 'address'>,
  ): Promise<{ readonly secret: string; readonly session: Session }>;
  /** Null where it is unknown, has ended or expired. */
  authenticate(secret: string): Promise<Session | null>;
  list(): Promise<readonly Session[]>;
  /** @throws SESSION_NOT_FOUND */
  end(id: string): Promise<Session>;
  /** @returns how many there were. */
  endAll(): Promise<number>;
}

const LINK_MS = 10 * 60_000;
export const SESSION_MS = 12 * 3_600_000;
/** Last use is written this often at most, so that a read costs no write. */
const LAST_USE_MS = 60_000;

/** What the audit trail calls it. */
export const SIGN_IN = 'sessions.begin';

/** The key of the setting that holds the running server's address, null while it starts. */
export const SERVER_ADDRESS = 'server-address';

export function createSessions(stores: Stores, journal: Journal, clock: Clock): Sessions {
  const now = () => toTimestamp(clock.now());
  const after = (ms: number) => toTimestamp(new Date(clock.now().getTime() + ms));

  return {
    async createLink() {
      const secret = randomSecret('cdl_');
      const expiresAt = after(LINK_MS);
      await stores.sessions.deleteExpired(now());
      await stores.sessions.createLink({ hash: hashOfSecret(secret), expiresAt });
      return { secret, expiresAt };
    },

    async open(linkSecret, { name, address }) {
      const secret = randomSecret('cds_');
      const createdAt = now();
      const record: SessionRecord = {
        id: randomUUID(),
        hash: hashOfSecret(secret),
        name,
        address,
        createdAt,
        expiresAt: after(SESSION_MS),
        lastUsedAt: createdAt,
      };
      await journal.write(async (tx, emit) => {
        if (!(await tx.sessions.useLink(hashOfSecret(linkSecret), createdAt)))
          throw new CertdeskError('SIGN_IN_LINK_INVALID');
        await tx.sessions.create(record);
        await emit({
          kind: 'session.started',
          message: `${name} signed in`,
          data: { sessionId: record.id },
          audit: {
            operation: SIGN_IN,
            result: 'ok',
            actor: { kind: 'window', id: record.id, name, address },
          },
        });
      });
      return { secret, session: present(record) };
    },

    async authenticate(secret) {
      const record = await stores.sessions.byHash(hashOfSecret(secret));
      const at = now();
      if (record === null || record.expiresAt <= at) return null;
      if (Date.parse(at) - Date.parse(record.lastUsedAt) >= LAST_USE_MS)
        await stores.sessions.touch(record.id, at);
      return present(record);
    },

    async list() {
      return (await stores.sessions.list(now())).map(present);
    },

    async end(id) {
      return journal.write(async (tx, emit) => {
        const record = (await tx.sessions.list(now())).find((session) => session.id === id);
        if (record === undefined) throw new CertdeskError('SESSION_NOT_FOUND', `There is no session ${id}`);
        await tx.sessions.delete(id);
        await emit({ kind: 'session.ended', message: `${record.name} signed out`, data: { sessionId: id } });
        return present(record);
      });
    },

    async endAll() {
      return journal.write(async (tx, emit) => {
        const records = await tx.sessions.list(now());
        for (const { id } of records) await tx.sessions.delete(id);
        if (records.length > 0)
          await emit({
            kind: 'session.ended',
            message: `All ${records.length} sessions ended`,
            audit: { operation: 'sessions.end', result: 'ok' },
          });
        return records.length;
      });
    },
  };
}

/**
 * The link as a person opens it. The secret is behind `#`, which browsers keep to themselves: it comes into no log of
 * addresses and no Referer. @param address `http://127.0.0.1:7878`
 */
export function signInAddress(address: string, secret: string): string {
  const url = new URL('/login', address);
  // A listener on every address says so by one that no browser should be sent to.
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = 'localhost';
  url.hash = secret;
  return url.href;
}

function present({ hash: _, ...session }: SessionRecord): Session {
  return session;
}
