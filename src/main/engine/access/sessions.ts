// Signs users in to the GUI: a one-time link starts a session, or proves again that its user may sign in. Only
// SHA-256 hashes of the secrets are stored, so the command line can create a link while the server runs, and a
// session survives a restart.
import { randomUUID } from 'node:crypto';
import { PROVE, type Session } from '../../../shared/session.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { CERTDESK } from '../audit/entry.ts';
import type { Emit, Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { SessionRecord } from '../core/model.ts';
import { trimEndOf } from '../core/outside-text.ts';
import type { Clock } from '../core/ports.ts';
import { hashOfSecret, randomSecret } from '../core/random-secret.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';

/** A request needs both secrets of its session. */
export interface SessionSecrets {
  /** The cookie's value. Browsers also send it to other servers on the same host. */
  readonly cookie: string;
  /** Only pages of the same origin can read it. */
  readonly page: string;
}

/** The browser's name and its network address. */
export type Browser = Pick<Session, 'name' | 'address'>;

export interface Sessions {
  /**
   * Creates a sign-in link.
   * @returns the link's secret, which works once and until `expiresAt`
   */
  createLink(): Promise<{ readonly secret: string; readonly expiresAt: Timestamp }>;
  /**
   * Exchanges a link for a session.
   * @returns the session and its secrets, which cannot be read again
   * @throws SIGN_IN_LINK_INVALID
   */
  signIn(
    linkSecret: string,
    from: Browser,
  ): Promise<{ readonly secrets: SessionSecrets; readonly session: Session }>;
  /**
   * Uses a link to prove that the session's user may still sign in. The session's 12 hours start over.
   * @throws SIGN_IN_LINK_INVALID, SESSION_NOT_FOUND
   */
  prove(linkSecret: string, id: string): Promise<Session>;
  /**
   * Finds the session of a request.
   * @returns null if the secrets do not belong together, or the session has ended, expired or been idle too long
   */
  authenticate(secrets: SessionSecrets): Promise<Session | null>;
  /** Records activity of the session's user. */
  touch(id: string): Promise<void>;
  list(): Promise<readonly Session[]>;
  /** @throws SESSION_NOT_FOUND */
  end(id: string): Promise<Session>;
  /** Ends sessions that have expired or been idle too long, so that the audit trail records their end. */
  endOver(): Promise<void>;
  /** Ends all sessions and returns their number. */
  endAll(): Promise<number>;
}

const LINK_MS = 10 * 60_000;
export const SESSION_MS = 12 * 3_600_000;

/** The operation's name in the audit log. */
export const SIGN_IN = 'sessions.begin';

/** The key of the setting that holds the running server's address, null while it starts. */
export const SERVER_ADDRESS = 'server-address';

export function createSessions(stores: Stores, journal: Journal, clock: Clock): Sessions {
  const now = () => toTimestamp(clock.now());
  const after = (ms: number) => toTimestamp(new Date(clock.now().getTime() + ms));

  /** Sessions that were active at this time or later are not idle. */
  async function activeSince({ settings }: Stores): Promise<Timestamp> {
    const { idleMinutes } = await readSettings(settings, 'sessions');
    return toTimestamp(new Date(clock.now().getTime() - idleMinutes * 60_000));
  }

  async function listOpen(from: Stores): Promise<readonly SessionRecord[]> {
    const [records, since] = [await from.sessions.list(now()), await activeSince(from)];
    return records.filter(({ lastActiveAt }) => lastActiveAt > since);
  }

  async function findOpen(from: Stores, id: string): Promise<SessionRecord> {
    const record = (await listOpen(from)).find((session) => session.id === id);
    if (record === undefined) throw new CertdeskError('SESSION_NOT_FOUND', `Session ${id} not found`);
    return record;
  }

  async function useLink(tx: Stores, linkSecret: string): Promise<void> {
    if (await tx.sessions.useLink(hashOfSecret(linkSecret), now())) return;
    throw new CertdeskError('SIGN_IN_LINK_INVALID');
  }

  return {
    async createLink() {
      const secret = randomSecret('cdl_');
      const expiresAt = after(LINK_MS);
      await stores.sessions.deleteExpiredLinks(now());
      await stores.sessions.createLink({ hash: hashOfSecret(secret), expiresAt });
      return { secret, expiresAt };
    },

    async signIn(linkSecret, { name, address }) {
      const secrets = { cookie: randomSecret('cds_'), page: randomSecret('cdp_') };
      const createdAt = now();
      const record: SessionRecord = {
        id: randomUUID(),
        cookieHash: hashOfSecret(secrets.cookie),
        pageHash: hashOfSecret(secrets.page),
        name,
        address,
        createdAt,
        expiresAt: after(SESSION_MS),
        lastActiveAt: createdAt,
        proofAt: createdAt,
      };
      await journal.write(async (tx, emit) => {
        await useLink(tx, linkSecret);
        await tx.sessions.create(record);
        await emitSessionEvent(emit, record, {
          kind: 'session.started',
          operation: SIGN_IN,
          done: 'signed in',
        });
      });
      return { secrets, session: present(record) };
    },

    prove: (linkSecret, id) =>
      journal.write(async (tx, emit) => {
        const record = await findOpen(tx, id);
        await useLink(tx, linkSecret);
        const patch = { proofAt: now(), lastActiveAt: now(), expiresAt: after(SESSION_MS) };
        await tx.sessions.update(id, patch);
        const done = 'confirmed the sign-in with a new link';
        await emitSessionEvent(emit, record, { kind: 'session.proved', operation: PROVE, done });
        return present({ ...record, ...patch });
      }),

    async authenticate({ cookie, page }) {
      const record = await stores.sessions.byCookieHash(hashOfSecret(cookie));
      if (record === null || record.pageHash !== hashOfSecret(page)) return null;
      const isOpen = record.expiresAt > now() && record.lastActiveAt > (await activeSince(stores));
      return isOpen ? present(record) : null;
    },

    touch: (id) => stores.sessions.update(id, { lastActiveAt: now() }),

    async list() {
      return (await listOpen(stores)).map(present);
    },

    async end(id) {
      return journal.write(async (tx, emit) => {
        const record = await findOpen(tx, id);
        await tx.sessions.delete(id);
        await emit({ kind: 'session.ended', message: `${record.name} signed out`, data: { sessionId: id } });
        return present(record);
      });
    },

    async endOver() {
      const findEnded = async (from: Stores) => {
        const [all, open] = [await from.sessions.all(), await listOpen(from)];
        return all.filter(({ id }) => !open.some((session) => session.id === id));
      };
      if ((await findEnded(stores)).length === 0) return; // this runs every minute and should rarely write
      await journal.write(async (tx, emit) => {
        for (const { id, name, expiresAt } of await findEnded(tx)) {
          await tx.sessions.delete(id);
          const why = expiresAt > now() ? 'it was idle for too long' : 'it reached 12 hours';
          await emit({
            kind: 'session.ended',
            message: `The session of ${name} ended: ${why}`,
            data: { sessionId: id },
            audit: { operation: 'sessions.end', result: 'ok', actor: CERTDESK },
          });
        }
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

interface SessionEvent {
  readonly kind: string;
  readonly operation: string;
  readonly done: string;
}

/** The actor is the session itself: during sign-in the caller has no identity yet. */
async function emitSessionEvent(
  emit: Emit,
  { id, name, address }: SessionRecord,
  { kind, operation, done }: SessionEvent,
): Promise<void> {
  await emit({
    kind,
    message: `${name} ${done}`,
    data: { sessionId: id },
    audit: { operation, result: 'ok', actor: { kind: 'window', id, name, address } },
  });
}

/**
 * Returns the link that the user opens. The secret is in the fragment (`#`), which browsers do not send, so it
 * reaches neither access logs nor the Referer header.
 * @param address `http://127.0.0.1:7878`, or with a reverse proxy's path, `https://example.com/certdesk`
 */
export function signInAddress(address: string, secret: string): string {
  const url = new URL(address);
  url.pathname = `${trimEndOf(url.pathname, '/')}/login`;
  url.search = '';
  // A listener on all addresses reports 0.0.0.0 or [::], which browsers cannot open everywhere.
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = 'localhost';
  url.hash = secret;
  return url.href;
}

function present({ cookieHash: _, pageHash: __, ...session }: SessionRecord): Session {
  return session;
}
