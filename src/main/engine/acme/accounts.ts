// Manages ACME accounts: one per directory and e-mail address, created on first use. Every account key is stored before it
// is sent to the CA.
import { randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import type { KeyedMutex } from '../core/keyed-mutex.ts';
import type { AccountRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { generateKey } from '../pki/keys.ts';
import type { AcmeClient, AcmeSession } from './contract.ts';
import { isRefusal } from './problem.ts';

export interface ExternalAccount {
  readonly kid: string;
  readonly hmacKey: string;
}

export interface AccountOwner {
  readonly directoryUrl: string;
  readonly email: string | null;
  readonly eab: ExternalAccount | null;
}

export interface OpenAccount {
  readonly account: AccountRecord;
  readonly session: AcmeSession;
}

export interface Accounts {
  /** Opens a session on the owner's account, and creates and registers the account if necessary. */
  open(owner: AccountOwner, signal: AbortSignal): Promise<OpenAccount>;
  /** Opens a session on a registered account; null if there is no registered account with this id. */
  find(accountId: string, signal: AbortSignal): Promise<OpenAccount | null>;
  /** Like find. @throws ACME_REJECTED if the account is no longer stored */
  reopen(accountId: string, signal: AbortSignal): Promise<OpenAccount>;
  /** Registers the account's key again, for a CA that has lost its accounts (accountDoesNotExist). */
  register(open: OpenAccount, eab: ExternalAccount | null): Promise<OpenAccount>;
  /**
   * Replaces the account's key (RFC 8555 section 7.3.5). The account URL stays the same. Both keys are stored until the
   * CA has confirmed; after a crash in between, the next use finds out which one the CA has.
   * @throws CA_ACCOUNT_NOT_FOUND, ACME_*
   */
  changeKey(accountId: string, signal: AbortSignal): Promise<void>;
  /**
   * Registers a new account, with a new key, in place of one that the CA has deactivated.
   * @throws CA_ACCOUNT_NOT_FOUND, CA_ACCOUNT_IN_USE if the CA still accepts the old account, ACME_*
   */
  replace(accountId: string, eab: ExternalAccount | null, signal: AbortSignal): Promise<void>;
}

export interface AccountsDeps {
  readonly stores: Stores;
  readonly vault: Vault;
  readonly acme: AcmeClient;
  readonly clock: Clock;
  readonly locks: KeyedMutex;
  /** Generates a new key for a deactivated account, and drops the orders of the old key. */
  replaceKey(accountId: string): Promise<void>;
}

/** Creates the manager of ACME accounts. Calls for the same directory and e-mail address run one at a time. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const { stores, vault, acme, clock, locks } = deps;

  async function create({ directoryUrl, email }: AccountOwner): Promise<AccountRecord> {
    const id = randomUUID();
    // P-256: every ACME CA supports it (ES256, RFC 8555 section 6.2), and it signs faster than RSA.
    const key = await generateKey({ type: 'ec', size: 256 });
    const keySealed = await vault.seal(key, `account:${id}`);
    const account = { id, directoryUrl, email, url: null, keySealed, createdAt: toTimestamp(clock.now()) };
    await stores.accounts.create(account);
    return account;
  }

  async function session(record: AccountRecord, signal: AbortSignal): Promise<OpenAccount> {
    const account = await resolveKey(record, signal);
    const accountKey = await vault.open(account.keySealed, `account:${account.id}`);
    const { directoryUrl, url } = account;
    return { account, session: acme.session({ directoryUrl, accountKey, accountUrl: url, signal }) };
  }

  /** After a crash during a key change, asks the CA whether it has the new key. */
  async function resolveKey(account: AccountRecord, signal: AbortSignal): Promise<AccountRecord> {
    const { id, directoryUrl, keySealed, nextKeySealed = null } = account;
    if (nextKeySealed === null) return account;
    const accountKey = await vault.open(nextKeySealed, `account:${id}`);
    const found = await acme.session({ directoryUrl, accountKey, accountUrl: null, signal }).findAccount();
    const keys = { keySealed: found === null ? keySealed : nextKeySealed, nextKeySealed: null };
    await stores.accounts.setKeys(id, keys);
    return { ...account, ...keys };
  }

  async function changeKey({ id }: AccountRecord, signal: AbortSignal): Promise<void> {
    // Read it again: the key may have changed while this call waited for the lock.
    const { account, session: open } = await reopen(id, signal);
    const newKey = await generateKey({ type: 'ec', size: 256 });
    const nextKeySealed = await vault.seal(newKey, `account:${id}`);
    await stores.accounts.setKeys(id, { keySealed: account.keySealed, nextKeySealed });
    await open.changeKey(newKey);
    await stores.accounts.setKeys(id, { keySealed: nextKeySealed, nextKeySealed: null });
  }

  async function find(accountId: string, signal: AbortSignal): Promise<OpenAccount | null> {
    const account = await stores.accounts.get(accountId);
    return account?.url ? session(account, signal) : null;
  }

  async function reopen(accountId: string, signal: AbortSignal): Promise<OpenAccount> {
    const account = await find(accountId, signal);
    if (account !== null) return account;
    throw new CertdeskError('ACME_REJECTED', 'Certdesk no longer has the CA account of this certificate');
  }

  async function existing(accountId: string): Promise<AccountRecord> {
    const account = await stores.accounts.get(accountId);
    if (account === null) throw new CertdeskError('CA_ACCOUNT_NOT_FOUND');
    return account;
  }

  /** An active account must not be replaced: its orders would be lost. */
  async function refuseActive(account: AccountRecord, signal: AbortSignal): Promise<void> {
    const found = await (await session(account, signal)).session.findAccount().catch((error: unknown) => {
      const isRefused = error instanceof CertdeskError && error.code === 'ACME_ACCOUNT_DEACTIVATED';
      if (isRefused || isRefusal(error, 'unauthorized')) return null;
      throw error;
    });
    if (found !== null) throw new CertdeskError('CA_ACCOUNT_IN_USE');
  }

  const lockOf = ({ directoryUrl, email }: Pick<AccountOwner, 'directoryUrl' | 'email'>): string =>
    `account ${directoryUrl} ${email ?? ''}`;

  async function register(
    { account, session }: OpenAccount,
    eab: ExternalAccount | null,
  ): Promise<OpenAccount> {
    const { url } = await session.createAccount({ email: account.email, ...(eab === null ? {} : { eab }) });
    await stores.accounts.setUrl(account.id, url);
    return { account: { ...account, url }, session };
  }

  return {
    register,
    open(owner, signal) {
      // Concurrent jobs share one account; without the lock, each would register its own.
      const work = async (): Promise<OpenAccount> => {
        const known = await stores.accounts.find(owner.directoryUrl, owner.email);
        const open = await session(known ?? (await create(owner)), signal);
        // An earlier version may have stored a relative URL, which faulty CAs return.
        const { url } = open.account;
        return url === null || !URL.canParse(url) ? register(open, owner.eab) : open;
      };
      return locks.run(lockOf(owner), work, signal);
    },
    find,
    reopen,
    async changeKey(accountId, signal) {
      const account = await existing(accountId);
      await locks.run(lockOf(account), () => changeKey(account, signal), signal);
    },
    async replace(accountId, eab, signal) {
      const account = await existing(accountId);
      const work = async (): Promise<void> => {
        await refuseActive(account, signal);
        await deps.replaceKey(accountId);
        await register(await session(await existing(accountId), signal), eab);
      };
      await locks.run(lockOf(account), work, signal);
    },
  };
}
