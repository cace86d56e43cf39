// What a CA's answers must look like (RFC 8555 section 7.1): no more is asked of them than is used.
import { z } from 'zod';
import type { AcmeAuthorization, AcmeChallenge, AcmeDirectory, AcmeOrder, AcmeProblem } from './contract.ts';
import { type AcmeResponse, parseJson, retryAfterMs, unexpectedAnswer } from './problem.ts';

const Url = z.url();
const Identifier = z.object({ type: z.string(), value: z.string() });

/** Kept whole, so that a person sees all that the CA said; an error that is no object is dropped. */
const ProblemSchema: z.ZodType<AcmeProblem | undefined> = z
  .looseObject({
    type: z.string().default('about:blank'),
    detail: z.string().optional(),
    status: z.number().optional(),
    identifier: Identifier.optional(),
    subproblems: z.array(z.looseObject({ type: z.string() })).optional(),
  })
  .optional()
  .catch(undefined);

/** Odd values in the optional fields are read as absent: they are no reason to refuse a CA. */
const Directory = z.looseObject({
  newNonce: Url,
  newAccount: Url,
  newOrder: Url,
  revokeCert: Url,
  keyChange: Url.optional().catch(undefined),
  renewalInfo: Url.optional().catch(undefined),
  meta: z
    .looseObject({
      termsOfService: z.string().optional().catch(undefined),
      website: z.string().optional().catch(undefined),
      externalAccountRequired: z.boolean().optional().catch(undefined),
      profiles: z.record(z.string(), z.string()).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const Order = z.looseObject({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  identifiers: z.array(Identifier),
  authorizations: z.array(Url),
  finalize: Url,
  certificate: Url.optional(),
  expires: z.string().optional().catch(undefined),
  error: ProblemSchema,
  replaces: z.string().min(1).optional().catch(undefined),
});

const Challenge = z.looseObject({
  type: z.string(),
  url: Url,
  status: z.enum(['pending', 'processing', 'valid', 'invalid']),
  token: z.string().optional(),
  error: ProblemSchema,
});

const Authorization = z.looseObject({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: Identifier,
  wildcard: z.boolean().default(false).catch(false),
  challenges: z.array(z.unknown()),
});

export function readDirectory(response: AcmeResponse): AcmeDirectory {
  return parse(Directory, response, 'an ACME directory');
}

/** @param url The order's own address, which only the answer to newOrder repeats. */
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
    authorizations,
    finalize,
    ...(certificate === undefined ? {} : { certificate }),
    ...(expires === undefined ? {} : { expires }),
    ...(error === undefined ? {} : { error }),
    ...(replaces === undefined ? {} : { replaces }),
    retryAfterMs: retryAfterMs(response.headers),
  };
}

export function readAuthorization(response: AcmeResponse, url: string): AcmeAuthorization {
  const { status, identifier, wildcard, challenges } = parse(
    Authorization,
    response,
    'an ACME authorization',
  );
  return {
    url,
    status,
    identifier,
    wildcard,
    challenges: challenges.flatMap(readChallenge),
    retryAfterMs: retryAfterMs(response.headers),
  };
}

/** None where it is not a challenge that could ever be used: one odd entry must not spoil the others. */
function readChallenge(value: unknown): AcmeChallenge[] {
  const parsed = Challenge.safeParse(value);
  if (!parsed.success) return [];
  const { type, url, status, token, error } = parsed.data;
  return [
    {
      type,
      url,
      status,
      ...(token === undefined ? {} : { token }),
      ...(error === undefined ? {} : { error }),
    },
  ];
}

function parse<T>(schema: z.ZodType<T>, response: AcmeResponse, what: string): T {
  const parsed = schema.safeParse(parseJson(response.text));
  if (parsed.success) return parsed.data;
  throw unexpectedAnswer(response, what, parsed.error);
}
