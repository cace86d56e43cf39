// Reads CAA records (RFC 8659, RFC 8657) and decides whether they permit a CA to issue. Pure.

export interface CaaRecord {
  /** The name that has the record: the owner that was found, or the target of its CNAME. */
  readonly owner: string;
  readonly flags: number;
  /** Lower case. */
  readonly tag: string;
  readonly value: string;
}

/** @param text `FLAGS TAG VALUE`, as DnsRecord has it. */
export function readCaa(owner: string, text: string): CaaRecord | null {
  const [, flags, tag, value] = /^(\d+) (\S+) ?(.*)$/s.exec(text) ?? [];
  if (flags === undefined || tag === undefined) return null;
  return { owner, flags: Number(flags), tag: tag.toLowerCase(), value: value ?? '' };
}

/** `example.com. 300 IN CAA 0 issue "letsencrypt.org"` */
export function formatCaa({ owner, flags, tag, value }: CaaRecord, ttl: number | null = 300): string {
  const quoted = value.replace(/["\\]/g, '\\$&');
  return `${owner}. ${ttl === null ? '' : `${ttl} `}IN CAA ${flags} ${tag} "${quoted}"`;
}

export interface IssueValue {
  /** Lower case; empty for `;`, which permits nobody. */
  readonly domain: string;
  /** Values of accounturi; a CA permits only the account that equals each of them. */
  readonly accounts: readonly string[];
  /** Values of validationmethods, each a list. */
  readonly methods: readonly (readonly string[])[];
}

const DOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
/** A parameter: tag, `=`, and printable ASCII without spaces and semicolons (RFC 8659 section 4.2). */
const PARAMETER = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\s*=\s*([\x21-\x3A\x3C-\x7E]*)$/i;

/** Reads the value of issue and issuewild (RFC 8659 section 4.2). @returns null if it is malformed */
export function readIssueValue(value: string): IssueValue | null {
  const [first = '', ...rest] = value.split(';').map((part) => part.trim());
  if (first !== '' && !DOMAIN.test(first)) return null;
  const accounts: string[] = [];
  const methods: string[][] = [];
  for (const part of rest.filter((each) => each !== '')) {
    const [, tag = '', parameter = ''] = PARAMETER.exec(part) ?? [];
    if (tag === '') return null;
    if (tag.toLowerCase() === 'accounturi') accounts.push(parameter);
    if (tag.toLowerCase() === 'validationmethods')
      methods.push(parameter.split(',').map((method) => method.trim().toLowerCase()));
  }
  return { domain: first.toLowerCase(), accounts, methods };
}

/** What a CA needs permission for. */
export interface CaaRequest {
  readonly isWildcard: boolean;
  /** The CA's domains, lower case. */
  readonly domains: readonly string[];
  /** As DoctorOrder.accountUrl. */
  readonly accountUrl: string | null | undefined;
  readonly method: string;
}

/**
 * `open`: no property restricts issuance. `permitted`: a record permits it. `account-unknown`: a record permits it for
 * an account, and it is not known which account will be used. The others say what the closest record lacks.
 */
export type CaaVerdict =
  | { readonly verdict: 'open' }
  | { readonly verdict: 'permitted' | 'account-unknown'; readonly by: CaaRecord; readonly bound: Bound }
  | { readonly verdict: 'critical-tag'; readonly by: CaaRecord }
  | {
      readonly verdict: 'other-ca' | 'other-account' | 'other-method';
      /** The records of the property that decided. */
      readonly by: readonly CaaRecord[];
      readonly tag: 'issue' | 'issuewild';
    };

/** What a permitting record binds issuance to besides the CA. */
export interface Bound {
  readonly account: boolean;
  readonly method: boolean;
}

/** Properties without effect on issuance of TLS certificates: RFC 8659, RFC 9495, CA/B Forum contact properties. */
const KNOWN_TAGS = ['issue', 'issuewild', 'iodef', 'issuemail', 'issuevmc', 'contactemail', 'contactphone'];
const CRITICAL = 128;

/** Decides as a CA does with the relevant RRset (RFC 8659 section 4). */
export function evaluateCaa(records: readonly CaaRecord[], request: CaaRequest): CaaVerdict {
  const unknown = records.find(({ flags, tag }) => flags >= CRITICAL && !KNOWN_TAGS.includes(tag));
  if (unknown !== undefined) return { verdict: 'critical-tag', by: unknown };
  const wild = records.filter(({ tag }) => tag === 'issuewild');
  const tag = request.isWildcard && wild.length > 0 ? 'issuewild' : 'issue';
  const deciding = records.filter((record) => record.tag === tag);
  if (deciding.length === 0) return { verdict: 'open' };

  const own = deciding.flatMap((record) => {
    const value = readIssueValue(record.value);
    return value !== null && request.domains.includes(value.domain) ? [{ record, value }] : [];
  });
  if (own.length === 0) return { verdict: 'other-ca', by: deciding, tag };
  const suited = own.filter(({ value }) => value.methods.every((list) => list.includes(request.method)));
  if (suited.length === 0) return { verdict: 'other-method', by: own.map(({ record }) => record), tag };
  const boundOf = ({ accounts, methods }: IssueValue): Bound => ({
    account: accounts.length > 0,
    method: methods.length > 0,
  });
  const permitting = suited.find(({ value }) =>
    value.accounts.every((account) => account === request.accountUrl),
  );
  if (permitting !== undefined)
    return { verdict: 'permitted', by: permitting.record, bound: boundOf(permitting.value) };
  const [named] = suited;
  if (request.accountUrl === undefined && named !== undefined)
    return { verdict: 'account-unknown', by: named.record, bound: boundOf(named.value) };
  return { verdict: 'other-account', by: suited.map(({ record }) => record), tag };
}
