// The table of CA behaviours that RFC 8555 does not describe: one row per behaviour, with its source. A new report
// becomes a new row. test/engine/issuance/faulty-ca.spec.ts runs each once, faulty-ca.exhaustive.ts with every
// operation and interruption.
import {
  badNonce,
  bothOf,
  certificatesIn,
  doubled,
  type Fault,
  lost,
  malformed,
  marked,
  refuse,
  relative,
  renamed,
  retryAfter,
  rewritten,
  set,
  setChallenges,
  text,
  without,
  withoutNonce,
} from './fault.ts';

export type Operation = 'obtain' | 'renew' | 'revoke';

export interface Row {
  readonly behaviour: string;
  readonly seen: string;
  readonly faults: readonly Fault[];
  /** Default: all operations. */
  readonly only?: readonly Operation[];
  /** The preferred chain: Pebble's other one in upper case, or one that does not exist. */
  readonly chain?: 'alternate' | 'unknown';
  /** The reason of the revocation; default: superseded. */
  readonly reason?: 'keyCompromise';
  /** Whether the other chain is in use at the end. */
  readonly getsAlternate?: true;
  /** CSRs that the CA receives; default: one. */
  readonly finalizes?: number;
  /** The expected text in the steps of the job. */
  readonly says?: RegExp;
  /** If it cannot succeed: the code, the message, and the orders and CSRs that it used. */
  readonly fails?: {
    readonly code: string;
    readonly says: RegExp;
    readonly orders: number;
    readonly finalizes: number;
  };
}

const ERROR = 'urn:ietf:params:acme:error:';
const LIVE = "Let's Encrypt, live";
const KIND = 'the same kind';
const STEP = 'step-ca 0.30, Caddy 2.11';
const NO_ORDER = malformed('No such order');
const NO_AUTHORIZATION = malformed('No such authorization');
const UNAUTHORIZED = { type: `${ERROR}unauthorized`, detail: 'The account is deactivated' };
const CONNECTION = { type: `${ERROR}connection`, detail: 'Timeout during connect' };
const CONFLICT = { type: `${ERROR}conflict`, detail: 'certificate already replaced' };
const READY = set({ status: 'ready', certificate: null });
const PROCESSING = set({ status: 'processing', certificate: null });
const NOT_READY = { type: `${ERROR}orderNotReady`, detail: 'order is not ready' };
const LIMITED = { type: `${ERROR}rateLimited`, detail: 'too many requests' };
const REFUSED = { code: 'ACME_REJECTED', orders: 0, finalizes: 0 } as const;
const GIVEN_UP = { code: 'ACME_REJECTED', orders: 1, finalizes: 1 } as const;
const FAILED = { code: 'CHALLENGE_FAILED', orders: 1, finalizes: 0 } as const;
const NOT_USED = /instead of the preferred chain/;

// biome-ignore format: one row per line, so that the table can be read as one
export const ROWS: readonly Row[] = [
  // Objects with missing or different members.
  { behaviour: 'a valid order with authorizations: null and replaces: ""', seen: 'Telia', faults: [{ at: 'order', status: 'valid', change: set({ authorizations: null, replaces: '' }) }] },
  { behaviour: 'a valid order without finalize', seen: 'Entrust', faults: [{ at: 'order', status: 'valid', change: without('finalize') }] },
  { behaviour: 'orders with the misspelt member identififiers', seen: 'Entrust', faults: [{ at: 'order', change: renamed('identifiers', 'identififiers') }, { at: 'finalize', change: renamed('identifiers', 'identififiers') }] },
  { behaviour: 'a finalized order without authorizations', seen: 'Venafi', faults: [{ at: 'order', change: without('authorizations') }, { at: 'finalize', change: without('authorizations') }] },
  { behaviour: 'a valid authorization without challenges', seen: 'HARICA', faults: [{ at: 'authorization', status: 'valid', change: without('challenges') }] },
  { behaviour: 'an authorization without identifier', seen: KIND, faults: [{ at: 'authorization', change: without('identifier') }] },
  { behaviour: 'orders without finalize and authorizations when read again', seen: 'django-ca 3.2', faults: [{ at: 'finalize', times: 1, withheld: true, change: lost }, { at: 'order', change: without('finalize', 'authorizations') }] },
  { behaviour: 'an answer to newOrder that is no order', seen: KIND, faults: [{ at: 'newOrder', change: text('created', 201) }] },
  { behaviour: 'null for what is optional', seen: KIND, faults: [{ at: 'order', change: set({ error: null, expires: null, notBefore: '', certificate: undefined }), status: 'pending' }, { at: 'finalize', change: set({ error: null, expires: null, certificate: null }) }, { at: 'authorization', change: set({ wildcard: null, expires: null }) }, { at: 'order', status: 'valid', change: set({ error: null, expires: null, authorizations: '' }) }] },
  { behaviour: 'states in capitals', seen: KIND, faults: [{ at: 'order', status: 'valid', change: set({ status: 'VALID' }) }, { at: 'authorization', status: 'valid', change: set({ status: 'Valid' }) }] },
  { behaviour: 'a directory with nothing but what is needed, and odd values', seen: KIND, only: ['obtain', 'renew'], faults: [{ at: 'directory', change: set({ revokeCert: '', keyChange: null, renewalInfo: '', meta: { profiles: ['default'], externalAccountRequired: null, termsOfService: 7 } }) }] },
  { behaviour: 'names in capitals and with a trailing dot', seen: 'Boulder, certbot #1712 the other way round', faults: [{ at: 'authorization', change: rewritten((body) => body.replace(/"value":\s*"([^"]+)"/, (_, name: string) => `"value":"${name.toUpperCase()}."`)) }] },
  { behaviour: 'an order that names each authorization twice', seen: 'step-ca (smallstep/certificates #518)', faults: [{ at: 'newOrder', change: doubled }, { at: 'order', change: doubled }] },
  { behaviour: 'answers with a byte order mark', seen: KIND, faults: [{ at: 'newOrder', change: marked }, { at: 'order', change: marked }, { at: 'authorization', change: marked }, { at: 'finalize', change: marked }, { at: 'certificate', change: marked }] },
  // Nonces.
  { behaviour: 'badNonce without a new nonce', seen: 'Vault (nginx-acme #47)', faults: [{ at: 'newOrder', times: 2, withheld: true, change: badNonce(400, false) }, { at: 'finalize', times: 2, withheld: true, change: badNonce(400, false) }] },
  { behaviour: 'badNonce as 403', seen: KIND, faults: [{ at: 'newOrder', times: 1, withheld: true, change: badNonce(403) }] },
  { behaviour: 'badNonce in the namespace of the drafts', seen: "Let's Encrypt's first API (ght-acme.sh #1)", faults: [{ at: 'newOrder', times: 1, withheld: true, change: badNonce(400, true, 'urn:acme:error:') }] },
  { behaviour: 'no nonce in any answer, and a refusal of HEAD', seen: 'FreeSSL (lego #2512), acme2certifier #71', faults: [{ at: 'newNonce', times: 1, change: (answer) => ({ ...withoutNonce(answer), status: 405 }) }, { at: 'newOrder', change: withoutNonce }, { at: 'order', change: withoutNonce }] },
  // Replication lag.
  { behaviour: 'one 404 for a new order', seen: LIVE, faults: [{ at: 'order', times: 1, change: refuse(404, NO_ORDER) }] },
  { behaviour: 'one 404 for a new authorization', seen: LIVE, faults: [{ at: 'authorization', times: 1, change: refuse(404, NO_AUTHORIZATION) }] },
  { behaviour: 'one 404 to a challenge', seen: LIVE, faults: [{ at: 'challenge', times: 1, withheld: true, change: refuse(404, NO_AUTHORIZATION) }] },
  { behaviour: 'one 404 to a CSR', seen: LIVE, faults: [{ at: 'finalize', times: 1, withheld: true, change: refuse(404, NO_ORDER) }] },
  { behaviour: 'one 404 for a new certificate', seen: LIVE, faults: [{ at: 'certificate', times: 1, change: refuse(404, malformed('No such certificate')) }] },
  { behaviour: 'five 404 in a row for a finalized order', seen: KIND, faults: [{ at: 'order', after: 'finalize', times: 5, change: refuse(404, NO_ORDER) }] },
  // Delayed answers.
  { behaviour: 'a certificate that is 403 "pending" for a while', seen: 'Venafi', says: /pending/, faults: [{ at: 'certificate', times: 8, change: refuse(403, { type: `${ERROR}unauthorized`, detail: 'pending' }) }] },
  { behaviour: 'a certificate that is an empty 200 at first', seen: KIND, faults: [{ at: 'certificate', times: 2, change: text('') }] },
  { behaviour: 'a valid order without the address of its certificate at first', seen: KIND, faults: [{ at: 'order', status: 'valid', times: 3, change: without('certificate') }] },
  { behaviour: 'an order that reads ready for a while after an accepted CSR', seen: 'DigiCert', faults: [{ at: 'finalize', change: READY }, { at: 'order', after: 'finalize', times: 4, change: READY }] },
  { behaviour: 'one stale pending after processing', seen: 'DigiCert', faults: [{ at: 'finalize', change: PROCESSING }, { at: 'order', after: 'finalize', times: 1, change: set({ status: 'pending', certificate: null }) }] },
  { behaviour: 'failures for a while after an accepted CSR', seen: KIND, says: /is failing/, faults: [{ at: 'finalize', change: PROCESSING }, { at: 'order', after: 'finalize', times: 10, change: refuse(500, malformed('database error')) }] },
  { behaviour: 'a lost answer to the CSR, after which the order reads ready for a moment', seen: KIND, faults: [{ at: 'finalize', times: 1, change: lost }, { at: 'order', after: 'finalize', times: 2, change: READY }] },
  { behaviour: 'an order that the CA takes back while it issues', seen: 'several', finalizes: 2, faults: [{ at: 'finalize', times: 1, change: PROCESSING }, { at: 'order', after: 'finalize', until: ['finalize', 1], change: READY }] },
  { behaviour: 'orderNotReady to the CSR, while the order is pending for a moment', seen: 'Dogtag PKI (certbot #9766)', faults: [{ at: 'finalize', times: 1, withheld: true, change: refuse(403, NOT_READY) }, { at: 'order', after: 'finalize', times: 4, change: set({ status: 'pending' }) }] },
  { behaviour: 'orderNotReady to three CSRs, though the order reads ready', seen: KIND, faults: [{ at: 'finalize', times: 3, withheld: true, change: refuse(403, NOT_READY) }] },
  { behaviour: 'a refusal of a CSR that the CA has taken, because the order is processing', seen: 'Boulder (stonemax/acme2 #13)', faults: [{ at: 'finalize', times: 1, change: refuse(400, malformed('Order\'s status ("processing") was not pending')) }, { at: 'order', after: 'finalize', times: 2, change: PROCESSING }] },
  { behaviour: 'Retry-After as a date, also in the past, while it issues', seen: 'a CA in production (acme.sh #7201)', faults: [{ at: 'finalize', change: bothOf(PROCESSING, retryAfter(3_000)) }, { at: 'order', after: 'finalize', times: 2, change: bothOf(PROCESSING, retryAfter(-60_000)) }] },
  { behaviour: 'Retry-After that is no number and no date', seen: KIND, faults: [{ at: 'finalize', change: bothOf(PROCESSING, retryAfter('-1')) }, { at: 'order', after: 'finalize', times: 2, change: bothOf(PROCESSING, retryAfter('2.5')) }] },
  { behaviour: 'a rate limit on asking for a certificate that is issued', seen: KIND, faults: [{ at: 'certificate', times: 3, change: bothOf(refuse(429, LIMITED), retryAfter('1')) }] },
  { behaviour: 'a rate limit on asking for an authorization that is validated', seen: KIND, says: /too many requests/, faults: [{ at: 'authorization', after: 'challenge', times: 3, change: refuse(429, LIMITED) }] },
  { behaviour: 'a web page of somebody in between, while an authorization is validated', seen: KIND, faults: [{ at: 'authorization', after: 'challenge', times: 2, change: text('<html>maintenance</html>') }] },
  { behaviour: 'a refusal of a challenge that the CA validates already', seen: 'Boulder (acme4j #94), Buypass (acme.js #7)', faults: [{ at: 'challenge', times: 1, change: refuse(400, malformed('Unable to update challenge :: authorization must be pending')) }] },
  // The encoding of a certificate.
  { behaviour: 'a chain with a text before each certificate', seen: 'Pebble with openssl (certbot #6321)', faults: [{ at: 'certificate', change: rewritten((body) => body.replaceAll('-----BEGIN', 'subject=/CN=a\nissuer=/CN=b\n-----BEGIN')) }] },
  { behaviour: 'a chain with CRLF and blank lines', seen: 'Buypass (certbot #7875)', faults: [{ at: 'certificate', change: rewritten((body) => `\n${body.replaceAll('\n', '\r\n')}\r\n`) }] },
  { behaviour: 'a chain without a line end between its certificates', seen: 'django-ca #83', faults: [{ at: 'certificate', change: rewritten((body) => certificatesIn(body).join('')) }] },
  { behaviour: 'a chain with the leaf last', seen: 'Dogtag PKI #5307, django-ca #55', faults: [{ at: 'certificate', change: rewritten((body) => certificatesIn(body).toReversed().join('\n')) }] },
  { behaviour: 'a chain with the leaf twice', seen: KIND, faults: [{ at: 'certificate', change: rewritten((body) => `${certificatesIn(body)[0]}\n${body}`) }] },
  { behaviour: 'a chain with a private key in it', seen: 'RFC 8555 section 11.4 (ietf-wg-acme #446)', faults: [{ at: 'certificate', change: rewritten((body) => `-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n${body}`) }] },
  // Optional members.
  { behaviour: 'an alternate chain that is 404', seen: "Let's Encrypt, September 2026", chain: 'alternate', says: NOT_USED, faults: [{ at: 'alternate', change: refuse(404, malformed('Certificate not found')) }] },
  { behaviour: 'an alternate chain that is 500', seen: "Let's Encrypt, September 2026", chain: 'alternate', says: NOT_USED, faults: [{ at: 'alternate', change: refuse(500, malformed('internal error')) }] },
  { behaviour: 'an alternate chain that is garbage', seen: "Let's Encrypt, September 2026", chain: 'alternate', says: NOT_USED, faults: [{ at: 'alternate', change: text('garbage') }] },
  { behaviour: 'a preferred chain in another case', seen: 'users', chain: 'alternate', getsAlternate: true, faults: [] },
  { behaviour: 'a preferred chain that is not offered', seen: 'users', chain: 'unknown', says: /instead of the preferred chain .*: the CA offers/, faults: [] },
  { behaviour: 'replaces that is refused with conflict', seen: 'Sectigo', only: ['renew', 'revoke'], faults: [{ at: 'newOrder', times: 1, withheld: true, change: refuse(409, CONFLICT) }] },
  // Addresses.
  { behaviour: 'a relative Location of an order', seen: 'several', faults: [{ at: 'newOrder', change: relative('location') }] },
  { behaviour: 'a relative Location of an account', seen: 'several', only: ['obtain'], faults: [{ at: 'newAccount', change: relative('location') }] },
  { behaviour: 'a relative alternate Link', seen: 'several', chain: 'alternate', getsAlternate: true, faults: [{ at: 'certificate', change: relative('link') }] },
  { behaviour: 'relative addresses in an order', seen: KIND, faults: [{ at: 'newOrder', change: (answer) => ({ ...answer, body: answer.body.replace(/https:\/\/[^/"]+/g, '') }) }] },
  // Accounts.
  { behaviour: 'a lost answer to newAccount, and a refusal of empty updates', seen: 'several', only: ['obtain'], faults: [{ at: 'newAccount', times: 1, change: lost }, { at: 'account', change: refuse(400, malformed('nothing to update')) }] },
  { behaviour: 'an account that was deactivated', seen: 'users', fails: { code: 'ACME_ACCOUNT_DEACTIVATED', says: /Replace it in Settings/, orders: 0, finalizes: 0 }, faults: [{ at: 'newOrder', withheld: true, change: refuse(403, UNAUTHORIZED) }, { at: 'newAccount', after: 'newOrder', withheld: true, change: refuse(403, UNAUTHORIZED) }] },
  { behaviour: 'an account without a contact, which it wants', seen: 'django-ca 3.2, acme2certifier 0.46', only: ['obtain'], fails: { ...REFUSED, says: /Must provide at least one contact address/ }, faults: [{ at: 'newAccount', withheld: true, change: refuse(401, { type: `${ERROR}unauthorized`, detail: 'Must provide at least one contact address.' }) }] },
  // Revocations.
  { behaviour: 'a key compromise that it refuses from the certificate’s own key', seen: 'acme2certifier 0.43', only: ['revoke'], reason: 'keyCompromise', faults: [{ at: 'revoke', times: 1, withheld: true, change: refuse(403, { type: `${ERROR}unauthorized`, detail: 'account not found' }) }] },
  // Failed validations.
  { behaviour: 'a challenge that is pending with an error twice, then valid', seen: STEP, says: /could not validate .* yet: Timeout during connect/, faults: [{ at: 'challenge', until: ['challenge', 1], withheld: true, change: set({ status: 'pending', error: CONNECTION }) }, { at: 'authorization', after: 'challenge', until: ['challenge', 2], status: 'pending', change: setChallenges({ error: CONNECTION }) }] },
  { behaviour: 'a challenge that stays pending with an error', seen: STEP, fails: { ...FAILED, says: /Timeout during connect/ }, faults: [{ at: 'challenge', withheld: true, change: set({ status: 'pending', error: CONNECTION }) }, { at: 'authorization', status: 'pending', change: setChallenges({ error: CONNECTION }) }] },
  { behaviour: 'a challenge that stays in processing with an error', seen: KIND, fails: { ...FAILED, code: 'ACME_TIMEOUT', says: /last problem that it reported: Timeout during connect/ }, faults: [{ at: 'challenge', withheld: true, change: set({ status: 'processing' }) }, { at: 'authorization', after: 'challenge', status: 'pending', change: setChallenges({ status: 'processing', error: CONNECTION }) }] },
  { behaviour: 'a failed validation without a reason', seen: 'acme2certifier 0.43', fails: { ...FAILED, says: /gave no reason/ }, faults: [{ at: 'challenge', withheld: true, change: set({ status: 'processing' }) }, { at: 'authorization', after: 'challenge', change: set({ status: 'invalid' }) }] },
  // Problem documents in odd forms.
  ...given({ type: `${ERROR}caa`, detail: 'CAA forbids it', status: '403', identifier: 'a.example' }, 'a problem whose status is a string').slice(1),
  ...given({ title: 'CAA forbids it', status: 403 }, 'a problem without type and detail'),
  ...given('CAA forbids it', 'a plain string'),
  ...given({ detail: 'Two names failed', subproblems: [{ detail: 'CAA forbids it', identifier: 'a.example' }] }, 'a problem whose subproblems have no type', /a\.example: CAA forbids it/),
  ...given({ error: { message: 'CAA forbids it' } }, 'a message inside of an error', /rejected the request: CAA forbids it/).slice(0, 1),
  { behaviour: 'a refusal that is plain text', seen: KIND, fails: { ...REFUSED, says: /not on the allow list/ }, faults: [{ at: 'newOrder', withheld: true, change: text('this account is not on the allow list', 403) }] },
  { behaviour: 'a wish that a person visits a page (userActionRequired)', seen: 'RFC 8555 section 7.3.3 (acmetool #288)', fails: { ...REFUSED, says: /Terms of service have changed\. Open https:\/\/ca\.example\.org\/terms-2, then try again/ }, faults: [{ at: 'newOrder', withheld: true, change: refuse(403, { type: `${ERROR}userActionRequired`, detail: 'Terms of service have changed', instance: 'https://ca.example.org/terms-2' }) }] },
  { behaviour: 'a request that is not supported (501)', seen: 'acme2certifier', fails: { ...REFUSED, says: /does not support this/ }, faults: [{ at: 'newOrder', withheld: true, change: refuse(501, malformed('not implemented')) }] },
];

// biome-ignore format: as above
/** The reason of a refused request, and of an invalid order, in the same form. */
function given(said: unknown, form: string, says = /: CAA forbids it/): readonly Row[] {
  return [
    { behaviour: `a refusal that is ${form}`, seen: 'several', fails: { ...REFUSED, says }, faults: [{ at: 'newOrder', withheld: true, change: refuse(403, said) }] },
    { behaviour: `an order that is given up with ${form}`, seen: 'several', fails: { ...GIVEN_UP, says }, faults: [{ at: 'finalize', change: PROCESSING }, { at: 'order', after: 'finalize', change: set({ status: 'invalid', error: said }) }] },
  ];
}
