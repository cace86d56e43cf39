// The TXT record of dns-persist-01 (draft-ietf-acme-dns-persist): which account of which CA may validate a name, without a
// new record for each order. Pure.

/** A record as it stands in DNS. */
export interface PersistRecord {
  /** Lower case. */
  readonly issuer: string;
  readonly accountUri: string;
  /** `wildcard`: also for wildcards and, at some CAs, for names below; lower case. */
  readonly policy: string | null;
  /** Unix time in seconds. */
  readonly persistUntil: number | null;
}

/** What a record must say for a challenge. */
export interface PersistDemand {
  /** The names of the CA that it accepts in the record (`issuer-domain-names` of the challenge). */
  readonly issuers: readonly string[];
  readonly accountUri: string;
  readonly wildcard: boolean;
}

/** The name of the record. Never below `*.`: a wildcard is validated at its base name. */
export const persistName = (name: string): string =>
  `_validation-persist.${name.replace(/^\*\./, '').toLowerCase()}`;

/** `letsencrypt.org; accounturi=https://…; policy=wildcard` */
export function formatPersistRecord({ issuers, accountUri, wildcard }: PersistDemand): string {
  const policy = wildcard ? '; policy=wildcard' : '';
  return `${issuers[0]?.toLowerCase() ?? ''}; accounturi=${accountUri}${policy}`;
}

/** @returns null if the text is no such record. Unknown parameters are skipped, as RFC 8659 section 4.2 says. */
export function parsePersistRecord(text: string): PersistRecord | null {
  const [issuer = '', ...parameters] = text.split(';').map((part) => part.trim());
  const values = new Map(
    parameters.map((parameter) => {
      const at = parameter.indexOf('=');
      return [parameter.slice(0, at).trim().toLowerCase(), parameter.slice(at + 1).trim()] as const;
    }),
  );
  const accountUri = values.get('accounturi');
  const until = values.get('persistuntil');
  if (issuer === '' || accountUri === undefined) return null;
  if (until !== undefined && !/^\d+$/.test(until)) return null;
  return {
    issuer: issuer.toLowerCase().replace(/\.$/, ''),
    accountUri,
    policy: values.get('policy')?.toLowerCase() ?? null,
    persistUntil: until === undefined ? null : Number(until),
  };
}

export type PersistVerdict =
  /** The CA accepts the record. `tooWide`: it also allows wildcards, which the certificate does not need. */
  | { readonly state: 'valid'; readonly persistUntil: number | null; readonly tooWide: boolean }
  | { readonly state: 'missing' | 'other-account' | 'no-wildcard' | 'expired' };

/** Judges the values of a name as the CA would at this time. */
export function judgePersistRecords(
  texts: readonly string[],
  { issuers, accountUri, wildcard }: PersistDemand,
  now: Date,
): PersistVerdict {
  const accepted = issuers.map((issuer) => issuer.toLowerCase());
  const ofCa = texts.flatMap((text) => {
    const record = parsePersistRecord(text);
    return record !== null && accepted.includes(record.issuer) ? [record] : [];
  });
  const ofAccount = ofCa.filter((record) => record.accountUri === accountUri);
  const wide = ofAccount.filter(({ policy }) => !wildcard || policy === 'wildcard');
  const valid = wide.filter(
    ({ persistUntil }) => persistUntil === null || persistUntil * 1000 > now.getTime(),
  );
  if (valid.length > 0) {
    const ends = valid.map(({ persistUntil }) => persistUntil ?? Number.POSITIVE_INFINITY);
    const end = Math.max(...ends);
    return {
      state: 'valid',
      persistUntil: Number.isFinite(end) ? end : null,
      tooWide: !wildcard && valid.some(({ policy }) => policy === 'wildcard'),
    };
  }
  if (ofCa.length === 0) return { state: 'missing' };
  if (ofAccount.length === 0) return { state: 'other-account' };
  return { state: wide.length === 0 ? 'no-wildcard' : 'expired' };
}
