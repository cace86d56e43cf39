// Gathers when the signatures of a zone that does not validate have expired.
import type { DnsQuestion, DnsRecord } from '../dns/lookup/query.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import type { DnssecFacts } from './facts.ts';

export interface SignatureQuery {
  readonly name: string;
  readonly zone: string | null;
  /** HOST:PORT of a resolver that validates. */
  readonly validator: string;
  readonly now: Date;
}

/**
 * Reads the signatures of the name, and those of the keys and the DS records of its zone. Records whose signatures have all
 * expired count.
 */
export async function gatherExpired(
  resolver: DnsResolver,
  { name, zone, validator, now }: SignatureQuery,
  signal: AbortSignal,
): Promise<DnssecFacts['expired']> {
  const questions: readonly DnsQuestion[] = [
    { name, type: 'A' },
    ...(zone === null ? [] : (['DNSKEY', 'DS'] as const).map((type) => ({ name: zone, type }))),
  ];
  const options = { recursive: true, signal, origin: 'named', dnssec: 'signatures' } as const;
  const replies = await Promise.all(questions.map((question) => resolver.ask(validator, question, options)));
  const records = replies.flatMap((reply) => (reply.silent ? [] : [...reply.answers, ...reply.authorities]));
  const signatures = records.filter(({ type }) => type === 'RRSIG').map(readSignature);
  const ends = [...Map.groupBy(signatures, ({ of }) => of).values()].map((own) =>
    own.reduce((latest, each) => (each.until > latest.until ? each : latest)),
  );
  const [first] = ends
    .filter(({ until }) => until * 1000 < now.getTime())
    .toSorted((a, b) => a.until - b.until);
  return first === undefined ? null : { zone: first.signer || '.', since: new Date(first.until * 1000) };
}

function readSignature({ name, value }: DnsRecord) {
  const [type = '', until = '', signer = ''] = value.split(' ');
  return { of: `${name} ${type} ${signer}`, until: Number(until), signer };
}
