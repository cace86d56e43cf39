// What is used of the CAs' published limits, counted in the database: orders of an account, certificates of a
// registered domain and of a set of names, failed authorizations of a name. budget.ts judges by it.
import { createHash } from 'node:crypto';
import { getDomain } from 'tldts';
import { toTimestamp } from '../../../shared/time.ts';
import type { CaUsageKind, CaUsageRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface CaUsage {
  /** Before newOrder. */
  ordered(stores: Stores, at: { readonly directoryUrl: string; readonly accountId: string }): Promise<void>;
  /**
   * @param exempt From all limits: the order replaces another in the window that the CA suggests. `renewal`: it renews
   * the same names (both by the section "exemptions" of Let's Encrypt's page).
   */
  issued(
    stores: Stores,
    certificate: { readonly directoryUrl: string; readonly names: readonly string[] },
    exempt: { readonly all: boolean; readonly renewal: boolean },
  ): Promise<void>;
  /** Names that the CA could not validate. */
  failed(
    stores: Stores,
    at: { readonly directoryUrl: string; readonly names: readonly string[] },
  ): Promise<void>;
}

export function createCaUsage(clock: Clock): CaUsage {
  const rows = (directoryUrl: string, kind: CaUsageKind, subjects: Iterable<string>): CaUsageRecord[] => {
    const at = toTimestamp(clock.now());
    return [...subjects].map((subject) => ({ at, directoryUrl, kind, subject }));
  };
  return {
    ordered: (tx, { directoryUrl, accountId }) => tx.caUsage.note(rows(directoryUrl, 'order', [accountId])),
    async issued(tx, { directoryUrl, names }, { all, renewal }) {
      if (all) return;
      const domains = renewal ? [] : rows(directoryUrl, 'registered-domain', registeredDomains(names));
      await tx.caUsage.note([...domains, ...rows(directoryUrl, 'exact-set', [exactSet(names)])]);
    },
    failed: (tx, { directoryUrl, names }) =>
      tx.caUsage.note(rows(directoryUrl, 'failed-authorization', new Set(names.map(withoutWildcard)))),
  };
}

/** By the public suffix list, its private part included, as Let's Encrypt has it; the name itself where it has none. */
export function registeredDomain(name: string): string {
  const bare = withoutWildcard(name);
  return getDomain(bare, { allowPrivateDomains: true }) ?? bare;
}

export function registeredDomains(names: readonly string[]): Set<string> {
  return new Set(names.map(registeredDomain));
}

/** One text for the same names in any order; long lists are shortened to what can be read and a hash of all. */
export function exactSet(names: readonly string[]): string {
  const all = [...new Set(names.map((name) => name.toLowerCase()))].toSorted();
  const text = all.join(' ');
  if (text.length <= 200) return text;
  return `${all[0]} and ${all.length - 1} more (${createHash('sha256').update(text).digest('hex').slice(0, 16)})`;
}

export function withoutWildcard(name: string): string {
  return name.replace(/^\*\./, '').toLowerCase();
}
