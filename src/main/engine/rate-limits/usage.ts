// Counts in the database what is used of the CAs' published limits: orders per account, certificates per registered
// domain and per set of names, failed authorizations per name. budget.ts evaluates the counts.
import { createHash } from 'node:crypto';
import { getDomain } from 'tldts';
import { fromOctets, isIpAddress, toOctets } from '../../../shared/ip-address.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { CaUsageKind, CaUsageRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface CaUsage {
  /** Counts an order. Call it before newOrder. */
  ordered(stores: Stores, at: { readonly directoryUrl: string; readonly accountId: string }): Promise<void>;
  /**
   * Counts an issued certificate.
   * @param exempt `all`: the order replaces another in the window that the CA suggests, so no limit applies.
   * `renewal`: it renews the same names. Both are exemptions of https://letsencrypt.org/docs/rate-limits/
   */
  issued(
    stores: Stores,
    certificate: { readonly directoryUrl: string; readonly names: readonly string[] },
    exempt: { readonly all: boolean; readonly renewal: boolean },
  ): Promise<void>;
  /** Counts names that the CA could not validate. */
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

/**
 * The registered domain by the public suffix list, including its private section, as Let's Encrypt counts; the name
 * itself if the list has no suffix for it. An IPv4 address counts on its own, an IPv6 address with its /64 network.
 */
export function registeredDomain(name: string): string {
  const bare = withoutWildcard(name);
  if (isIpAddress(bare)) return networkOf(bare);
  return getDomain(bare, { allowPrivateDomains: true }) ?? bare;
}

function networkOf(address: string): string {
  const octets = toOctets(address);
  if (octets.length === 4) return address;
  return `${fromOctets(octets.map((octet, at) => (at < 8 ? octet : 0)))}/64`;
}

/** Returns the registered domains of the names, without duplicates. */
export function registeredDomains(names: readonly string[]): Set<string> {
  return new Set(names.map(registeredDomain));
}

/** A text that is equal for equal sets of names. A long list becomes a readable start and a hash of all names. */
export function exactSet(names: readonly string[]): string {
  const all = [...new Set(names.map((name) => name.toLowerCase()))].toSorted();
  const text = all.join(' ');
  if (text.length <= 200) return text;
  return `${all[0]} and ${all.length - 1} more (${createHash('sha256').update(text).digest('hex').slice(0, 16)})`;
}

/** Returns the name in lower case and without `*.`. */
export function withoutWildcard(name: string): string {
  return name.replace(/^\*\./, '').toLowerCase();
}
