// Whether a CNAME belongs to a name, or is only the answer of a wildcard such as `*.example.com` (RFC 4592).
import { randomBytes } from 'node:crypto';
import type { DnsQuestion, DnsReply } from './query.ts';

/** Null: no answer. */
export type Ask = (question: DnsQuestion) => Promise<DnsReply | null>;

const MAX_NAME = 253;

/**
 * Asks for a name below `name` and for a sibling, which nobody has made. A wildcard answers for both; it answers for
 * no name below one that exists (RFC 4592 section 4.2), so a CNAME of the name itself is never taken for a wildcard's.
 * @param target What the CNAME of `name` leads to.
 */
export async function isWildcardAlias(name: string, target: string, ask: Ask): Promise<boolean> {
  // No longer than the `_acme-challenge` that it takes the place of.
  const label = `certdesk${randomBytes(3).toString('hex')}`;
  const probes = [`${label}.${name}`, `${label}.${name.slice(name.indexOf('.') + 1)}`];
  for (const probe of probes.filter(({ length }) => length <= MAX_NAME)) {
    const reply = await ask({ name: probe, type: 'CNAME' });
    const same = reply?.answers.some(
      (record) => record.type === 'CNAME' && record.name === probe && record.value === target,
    );
    if (same !== true) return false;
  }
  return true;
}
