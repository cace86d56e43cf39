// Parses a CA's responses (RFC 8555 section 7.1) leniently: null and "" count as absent, malformed optional members are
// dropped, and relative URLs are resolved against the response's URL. Only indispensable members are required; callers
// check the members that an order's state requires.

import { z } from 'zod';
import { toIdentifier } from '../../../shared/identifiers.ts';
import { toIpAddress } from '../../../shared/ip-address.ts';
import { toDnsName } from '../../../shared/names.ts';
import { parseRetryAfter } from '../core/retry-after.ts';
import type { AcmeAuthorization, AcmeChallenge, AcmeDirectory, AcmeOrder } from './contract.ts';
import { type AcmeResponse, parseJson, toProblem, unexpectedAnswer, withoutAbsent } from './problem.ts';

const ORDER_STATES = ['pending', 'ready', 'processing', 'valid', 'invalid'] as const;
const AUTHORIZATION_STATES = ['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked'] as const;
const CHALLENGE_STATES = ['pending', 'processing', 'valid', 'invalid'] as const;

/** An object without its absent members. */
const present = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess(
    (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? withoutAbsent(value) : value,
    z.looseObject(shape),
  );

const lowerCase = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);
const Text = z.string().optional().catch(undefined);
const Flag = z.preprocess((value) => (typeof value === 'string' ? value === 'true' : value), z.boolean());

/** Some CAs return the ordered name in capitals, in Unicode or with a trailing dot; IPv6 addresses in any spelling. */
const Identifier = present({
  type: z.preprocess(lowerCase, z.string().optional().catch(undefined)),
  value: z.string().transform((value) => toIpAddress(value.trim()) ?? toDnsName(value.trim()) ?? value),
}).transform(({ type, value }) => ({ type: type ?? toIdentifier(value).type, value }));

/** Also accepts a list of profile names without descriptions. */
const namesToRecord = (value: unknown): unknown =>
  Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), ''])) : value;

const Directory = present({
  newNonce: z.string(),
  newAccount: z.string(),
  newOrder: z.string(),
  revokeCert: Text,
  keyChange: Text,
  renewalInfo: Text,
  meta: present({
    termsOfService: Text,
    website: Text,
    externalAccountRequired: Flag.optional().catch(undefined),
    caaIdentities: z.array(z.string()).optional().catch(undefined),
    profiles: z
      .preprocess(namesToRecord, z.record(z.string(), z.string().catch('')))
      .optional()
      .catch(undefined),
  })
    .optional()
    .catch(undefined),
});

const Order = present({
  status: z.preprocess(lowerCase, z.enum(ORDER_STATES)),
  identifiers: z.array(Identifier).default([]).catch([]),
  authorizations: z.array(z.string()).default([]).catch([]),
  finalize: Text,
  certificate: Text,
  expires: Text,
  error: z.unknown().optional(),
  replaces: Text,
});

/** A missing or unknown status counts as pending. */
const Challenge = present({
  type: z.string(),
  url: z.string(),
  status: z.preprocess(lowerCase, z.enum(CHALLENGE_STATES)).catch('pending'),
  token: Text,
  'issuer-domain-names': z.array(z.string()).optional().catch(undefined),
  error: z.unknown().optional(),
});

const Authorization = present({
  status: z.preprocess(lowerCase, z.enum(AUTHORIZATION_STATES)),
  identifier: Identifier.optional().catch(undefined),
  wildcard: Flag.default(false).catch(false),
  challenges: z.array(z.unknown()).default([]).catch([]),
});

/** Reads an ACME directory. @throws ACME_PROTOCOL_ERROR if one of the three required URLs is missing or invalid */
export function readDirectory(response: AcmeResponse): AcmeDirectory {
  const what = 'an ACME directory';
  const { newNonce, newAccount, newOrder, revokeCert, keyChange, renewalInfo, meta } = parse(
    Directory,
    response,
    what,
  );
  const requiredUrl = (reference: string): string => {
    const url = resolveUrl(reference, response);
    if (url === undefined) throw unexpectedAnswer(response, what);
    return url;
  };
  return {
    newNonce: requiredUrl(newNonce),
    newAccount: requiredUrl(newAccount),
    newOrder: requiredUrl(newOrder),
    ...optional('revokeCert', resolveUrl(revokeCert, response)),
    ...optional('keyChange', resolveUrl(keyChange, response)),
    ...optional('renewalInfo', resolveUrl(renewalInfo, response)),
    ...optional('meta', meta),
  };
}

/** @param url The order's URL, which the response body does not contain. */
export function readOrder(response: AcmeResponse, url: string): AcmeOrder {
  const { status, identifiers, authorizations, finalize, certificate, expires, error, replaces } = parse(
    Order,
    response,
    'an ACME order',
  );
  return {
    url,
    status,
    identifiers,
    authorizations: [...new Set(authorizations.flatMap((each) => resolveUrl(each, response) ?? []))],
    ...optional('finalize', resolveUrl(finalize, response)),
    ...optional('certificate', resolveUrl(certificate, response)),
    ...optional('expires', expires),
    ...optional('error', toProblem(error) ?? undefined),
    ...optional('replaces', replaces),
    retryAfterMs: parseRetryAfter(response.headers),
  };
}

/** @param url The authorization's URL, which the response body does not contain. @throws ACME_PROTOCOL_ERROR */
export function readAuthorization(response: AcmeResponse, url: string): AcmeAuthorization {
  const { status, identifier, wildcard, challenges } = parse(
    Authorization,
    response,
    'an ACME authorization',
  );
  return {
    url,
    status,
    ...optional('identifier', identifier),
    wildcard,
    challenges: challenges.flatMap((each) => readChallenge(each, response)),
    retryAfterMs: parseRetryAfter(response.headers),
  };
}

/** Returns an empty list for a malformed challenge, so that it does not affect the others. */
function readChallenge(value: unknown, response: AcmeResponse): AcmeChallenge[] {
  const parsed = Challenge.safeParse(value);
  if (!parsed.success) return [];
  const { type, status, token, error } = parsed.data;
  const url = resolveUrl(parsed.data.url, response);
  if (url === undefined) return [];
  return [
    {
      type,
      url,
      status,
      ...optional('token', token),
      ...optional('issuerDomainNames', parsed.data['issuer-domain-names']),
      ...optional('error', toProblem(error) ?? undefined),
    },
  ];
}

/** Resolves a relative URL (RFC 3986 section 5); returns an absolute one unchanged, and undefined for an invalid one. */
export function resolveUrl(reference: string | undefined, { url }: AcmeResponse): string | undefined {
  if (reference === undefined || URL.canParse(reference)) return reference;
  return URL.parse(reference, url)?.href;
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: T };
}

function parse<T>(schema: z.ZodType<T>, response: AcmeResponse, what: string): T {
  const parsed = schema.safeParse(parseJson(response.text));
  if (parsed.success) return parsed.data;
  throw unexpectedAnswer(response, what, parsed.error);
}
