// Determines whether a CNAME belongs to a name or comes from a wildcard such as `*.example.com` (RFC 4592).
import { randomBytes } from 'node:crypto';
import type { DnsQuestion, DnsReply } from './query.ts';

/** Null if there is no answer. */
export type Ask = (question: DnsQuestion) => Promise<DnsReply | null>;

const MAX_NAME = 253;

/**
 * Queries a random name below `name` and a random sibling. A wildcard answers for both. It does not answer below a name
 * that exists (RFC 4592 section 4.2), so a CNAME of the name itself is never mistaken for a wildcard.
 * @param target The target of the CNAME of `name`.
 */
export async function isWildcardAlias(name: string, target: string, ask: Ask): Promise<boolean> {
  // Not longer than the label `_acme-challenge`, which it replaces.
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
