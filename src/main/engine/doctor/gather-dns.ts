// Gathers what DNS says about a name: addresses, CAA, DNSSEC.
import { CertdeskError } from '../core/errors.ts';
import { type DnsReply, describeReply } from '../dns/lookup/query.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { type CaaRecord, readCaa } from './caa.ts';
import { climb } from './climb.ts';
import type { CaaFacts, DnssecFacts } from './facts.ts';
import { gatherExpired } from './gather-signatures.ts';

/**
 * IPv6 first, as CAs try them.
 * @throws DNS_LOOKUP_FAILED
 */
export async function gatherAddresses(
  resolver: DnsResolver,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const replies = await Promise.all(
    (['AAAA', 'A'] as const).map(async (type) => {
      const { answers } = await resolver.resolve({ name, type }, signal);
      return answers.filter((record) => record.type === type).map(({ value }) => value);
    }),
  );
  return [...new Set(replies.flat())];
}

/**
 * Finds the relevant RRset: climbs from the name to its top-level domain (RFC 8659 section 3). The resolver follows
 * CNAMEs at each step; the climb continues above the name itself, not above the target. All steps run at once.
 * @param name Without `*.`.
 */
export async function gatherCaa(resolver: DnsResolver, name: string, signal: AbortSignal): Promise<CaaFacts> {
  const names = climb(name);
  return relevantCaa(names, await Promise.all(names.map((each) => caaAt(resolver, each, signal))));
}

/** The CAA records of one name, or why they cannot be read. */
export type CaaStep = { readonly records: readonly CaaRecord[] } | { readonly answer: string };

/** The first step that has records. A step that fails hides those above it. */
export function relevantCaa(names: readonly string[], steps: readonly CaaStep[]): CaaFacts {
  for (const [at, step] of steps.entries()) {
    const owner = names[at] ?? '';
    if ('answer' in step) return { owner: null, records: [], failed: { name: owner, answer: step.answer } };
    if (step.records.length > 0) return { owner, records: step.records, failed: null };
  }
  return { owner: null, records: [], failed: null };
}

export async function caaAt(resolver: DnsResolver, name: string, signal: AbortSignal): Promise<CaaStep> {
  try {
    const { answers } = await resolver.resolve({ name, type: 'CAA' }, signal);
    return { records: caaIn(answers) };
  } catch (error) {
    if (error instanceof CertdeskError) return { answer: error.message };
    throw error;
  }
}

export function caaIn(answers: DnsReply['answers']): readonly CaaRecord[] {
  return answers.filter(({ type }) => type === 'CAA').flatMap((each) => readCaa(each.name, each.value) ?? []);
}

export interface DnssecQuery {
  readonly name: string;
  readonly zone: string | null;
  /** HOST:PORT of resolvers that may validate. */
  readonly validators: readonly string[];
  readonly now: Date;
}

/**
 * Asks each validator for the name with and without checking: SERVFAIL only with checking means bogus. A resolver that
 * sets AD has validated.
 */
export async function gatherDnssec(
  resolver: DnsResolver,
  { name, zone, validators, now }: DnssecQuery,
  signal: AbortSignal,
): Promise<DnssecFacts> {
  const [ds, ...verdicts] = await Promise.all([
    zone === null ? [] : dsOf(resolver, zone, signal),
    ...validators.map(async (server) => {
      const question = { name, type: 'A' } as const;
      const shared = { recursive: true, signal, origin: 'named' } as const;
      const [checked, unchecked] = await Promise.all([
        resolver.ask(server, question, { ...shared, dnssec: 'report' }),
        resolver.ask(server, question, { ...shared, dnssec: 'skip' }),
      ]);
      const isBogus =
        describeReply(checked) === 'SERVFAIL' && ['NOERROR', 'NXDOMAIN'].includes(describeReply(unchecked));
      return { server, isBogus, isSecure: !checked.silent && checked.authenticated };
    }),
  ]);
  const bogus = verdicts.find(({ isBogus }) => isBogus);
  if (bogus !== undefined) {
    const { server: validator } = bogus;
    const expired = await gatherExpired(resolver, { name, zone, validator, now }, signal);
    return { state: 'bogus', resolver: validator, ds, expired };
  }
  const facts = { resolver: null, ds, expired: null };
  if (verdicts.some(({ isSecure }) => isSecure)) return { ...facts, state: 'secure' };
  return { ...facts, state: ds.length > 0 ? 'not-validated' : 'unsigned' };
}

async function dsOf(resolver: DnsResolver, zone: string, signal: AbortSignal): Promise<DnssecFacts['ds']> {
  try {
    const { answers } = await resolver.resolve({ name: zone, type: 'DS' }, signal);
    return answers.filter(({ type }) => type === 'DS').map(({ name, value }) => ({ owner: name, value }));
  } catch {
    signal.throwIfAborted();
    return []; // the other findings say that lookups fail
  }
}
