// Access tokens for a Google service account: a JWT signed with its key by google-auth-library, exchanged through
// DnsHttp. https://developers.google.com/identity/protocols/oauth2/service-account

import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import type { CertdeskError } from '../../../core/errors.ts';
import { invalid } from '../../../core/invalid.ts';
import type { Json } from '../../../core/model.ts';
import { parseOutsideJson } from '../../../core/outside-json.ts';
import { cutText } from '../../../core/outside-text.ts';
import type { TextAnswer } from '../fetch-text.ts';
import type { DnsHttp } from '../http.ts';

const SCOPE = 'https://www.googleapis.com/auth/ndev.clouddns.readwrite';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

/** Milliseconds before its end at which a token is fetched anew. */
const MARGIN = 5 * 60_000;

export interface ServiceAccount {
  readonly email: string;
  /** PEM. */
  readonly key: string;
}

const AccountSchema = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(3),
  private_key: z.string().refine(isPrivateKey, 'is not a PEM private key'),
});

/**
 * The service account of a key file. Its `token_uri` is passed over: a token is asked of Google and nobody else.
 * @throws INVALID_REQUEST, naming the field and never its value.
 */
export function readServiceAccount(field: string, json: Json | undefined): ServiceAccount {
  const account = AccountSchema.safeParse(json);
  if (account.success) return { email: account.data.client_email, key: account.data.private_key };
  const [issue] = account.error.issues;
  const path = ['dnsCredentials', field, ...(issue?.path ?? [])].join('.');
  const problem =
    issue?.path[0] === 'type' ? 'is not "service_account": a key file of one is needed' : issue?.message;
  throw invalid(path, `${problem}.`);
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/**
 * A token that is good for a few minutes at least; fetched at the first call and when it nears its end.
 * @param endpoint In place of Google's addresses: the token is asked at its `/token`.
 * @throws (from the function) DNS_CREDENTIALS_REJECTED with Google's words, DNS_PROVIDER_UNAVAILABLE.
 */
export function createTokenSource(
  account: ServiceAccount,
  http: DnsHttp,
  endpoint: string | null,
): (signal: AbortSignal) => Promise<string> {
  const url = endpoint === null ? TOKEN_URL : `${new URL(endpoint).origin}/token`;
  let current: { readonly token: string; readonly expires: number } | null = null;
  return async (signal) => {
    if (current !== null && Date.now() < current.expires - MARGIN) return current.token;
    current = await fetchToken(account, http, { url, signal });
    http.withhold(current.token);
    return current.token;
  };
}

async function fetchToken(
  { email, key }: ServiceAccount,
  http: DnsHttp,
  { url, signal }: { readonly url: string; readonly signal: AbortSignal },
): Promise<{ readonly token: string; readonly expires: number }> {
  const { JWT } = await import('google-auth-library');
  let answer: TextAnswer | undefined;
  let failure: unknown;
  const fetchImplementation: typeof fetch = async (_, init) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = String(init?.body);
    try {
      answer = await http.send({ method: 'POST', url, headers, body, signal, idempotent: true });
      return new Response(cutText(answer.text), {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
      });
    } catch (error) {
      failure = error;
      // Told apart below: the library would try again by its own rules.
      return new Response('{}', { status: 400 });
    }
  };
  const transporterOptions = { fetchImplementation };
  const client = new JWT({
    email,
    key,
    scopes: [SCOPE],
    transporterOptions,
    useAuthRequestParameters: false,
  });
  try {
    const { access_token: token, expiry_date: expires } = await client.authorize();
    if (typeof token === 'string' && typeof expires === 'number') return { token, expires };
  } catch (cause) {
    if (failure !== undefined) throw failure;
    if (answer !== undefined && answer.status >= 400) throw refusal(http, answer);
    throw http.unavailable('returned no readable token.', {}, cause);
  }
  throw http.unavailable('returned a response without a token.');
}

const RefusalSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** RFC 6749 section 5.2. */
function refusal(http: DnsHttp, { status, text }: TextAnswer): CertdeskError {
  const said = RefusalSchema.safeParse(parse(text));
  const { error, error_description: description = 'no token' } = said.success ? said.data : { error: text };
  return http.refused({ status }, `${description} (${error})`, { credentials: true });
}

function parse(text: string): unknown {
  try {
    return parseOutsideJson(text);
  } catch {
    return null;
  }
}
