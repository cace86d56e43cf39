// Accounts at CAs: one a directory and e-mail address, made on first use, its key stored before the CA sees it.
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
  /** The account of this owner, registered where it is not yet, and a session on it. */
  open(owner: AccountOwner, signal: AbortSignal): Promise<OpenAccount>;
  /** A session on an account that the CA has registered; null where there is none of this id. */
  find(accountId: string, signal: AbortSignal): Promise<OpenAccount | null>;
  /** As find. @throws ACME_REJECTED where it is no longer kept. */
  reopen(accountId: string, signal: AbortSignal): Promise<OpenAccount>;
  /** Registers the same key anew: a CA that has lost its accounts (accountDoesNotExist). */
  register(open: OpenAccount, eab: ExternalAccount | null): Promise<OpenAccount>;
  /**
   * Gives the account a new key (RFC 8555 section 7.3.5), stored before the CA sees it: a kill in between costs
   * neither key, and the next use finds out which one the CA has. The account's address stays.
   * @throws CA_ACCOUNT_NOT_FOUND, ACME_*
   */
  changeKey(accountId: string, signal: AbortSignal): Promise<void>;
  /**
   * Registers a new account, with a new key, in place of one that was deactivated at the CA.
   * @throws CA_ACCOUNT_NOT_FOUND, CA_ACCOUNT_IN_USE where the CA still accepts the old one, ACME_*
   */
  replace(accountId: string, eab: ExternalAccount | null, signal: AbortSignal): Promise<void>;
}

export interface AccountsDeps {
  readonly stores: Stores;
  readonly vault: Vault;
  readonly acme: AcmeClient;
  readonly clock: Clock;
  readonly locks: KeyedMutex;
  /** Gives an account that was deactivated a new key, and gives up what the old one has ordered. */
  replaceKey(accountId: string): Promise<void>;
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const { stores, vault, acme, clock, locks } = deps;

  async function create({ directoryUrl, email }: AccountOwner): Promise<AccountRecord> {
    const id = randomUUID();
    // P-256: every ACME CA takes it (RFC 8555 section 6.2: ES256), and it signs faster than RSA.
    const key = await generateKey({ type: 'ec', size: 256 });
    const keySealed = await vault.seal(key, `account:${id}`);
    const account = { id, directoryUrl, email, url: null, keySealed, createdAt: toTimestamp(clock.now()) };
    await stores.accounts.create(account);
    return account;
  }

  async function session(record: AccountRecord, signal: AbortSignal): Promise<OpenAccount> {
    const account = await whichKey(record, signal);
    const accountKey = await vault.open(account.keySealed, `account:${account.id}`);
    const { directoryUrl, url } = account;
    return { account, session: acme.session({ directoryUrl, accountKey, accountUrl: url, signal }) };
  }

  /** After a kill in a change of the key: the CA says whether it has the new one. */
  async function whichKey(account: AccountRecord, signal: AbortSignal): Promise<AccountRecord> {
    const { id, directoryUrl, keySealed, nextKeySealed = null } = account;
    if (nextKeySealed === null) return account;
    const accountKey = await vault.open(nextKeySealed, `account:${id}`);
    const found = await acme.session({ directoryUrl, accountKey, accountUrl: null, signal }).findAccount();
    const keys = { keySealed: found === null ? keySealed : nextKeySealed, nextKeySealed: null };
    await stores.accounts.setKeys(id, keys);
    return { ...account, ...keys };
  }

  async function changeKey({ id }: AccountRecord, signal: AbortSignal): Promise<void> {
    // Looked up again: one that waited for the lock may find another key.
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

  /** What an account in order has ordered would be lost with it. */
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
      // Jobs that run side by side share one account; without the lock each would register its own.
      const work = async (): Promise<OpenAccount> => {
        const known = await stores.accounts.find(owner.directoryUrl, owner.email);
        const open = await session(known ?? (await create(owner)), signal);
        // A version before this one may have stored a relative address (faulty CAs answer with one).
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
