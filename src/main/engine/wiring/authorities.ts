// Wires CAs: their directories, Certdesk's accounts at them, and their rate limits.
import { type Accounts, createAccounts } from '../acme/accounts.ts';
import { createCaDirectories } from '../acme/approved-directories.ts';
import { listAuthorities } from '../acme/authorities.ts';
import { listAccounts } from '../acme/list-accounts.ts';
import { listProfiles } from '../acme/profiles.ts';
import { listAccountRecords } from '../challenges/account-records.ts';
import type { Engine } from '../engine.ts';
import { replaceAccountKey } from '../issuance/replace-account-key.ts';
import { type BudgetService, createBudget } from '../rate-limits/budget.ts';
import type { Common } from './common.ts';

export type AuthorityServices = Pick<
  Engine,
  | 'cas'
  | 'caAccounts'
  | 'caAccountRecords'
  | 'caDirectories'
  | 'caProfiles'
  | 'changeAccountKey'
  | 'replaceAccount'
> & { readonly accounts: Accounts; readonly budget: BudgetService };

export function wireAuthorities(common: Common): AuthorityServices {
  const { stores, vault, acme, clock, locks, journal, directories, limits } = common;
  const accounts = createAccounts({
    stores,
    vault,
    acme,
    clock,
    locks,
    replaceKey: (id) => replaceAccountKey({ stores, vault }, id),
  });
  return {
    accounts,
    budget: createBudget(stores, clock, directories),
    cas: () => listAuthorities(directories),
    caAccounts: () => listAccounts(stores, directories),
    caAccountRecords: (id) => listAccountRecords(stores, id),
    caDirectories: createCaDirectories(stores, journal),
    caProfiles: (of) => listProfiles(acme, of, directories),
    async changeAccountKey(id) {
      await accounts.changeKey(id, AbortSignal.timeout(limits.answerWithinMs));
      await journal.emit({
        kind: 'account.key-changed',
        message: `The account ${id} at its CA has a new key`,
      });
    },
    async replaceAccount(id, eab) {
      await accounts.replace(id, eab, AbortSignal.timeout(limits.answerWithinMs));
      await journal.emit({
        kind: 'account.replaced',
        message: `The account ${id} was replaced by a new one at its CA`,
      });
    },
  };
}
