// Fetches access tokens for a Google service account: google-auth-library signs a JWT with its key, and DnsHttp exchanges
// it for a token. https://developers.google.com/identity/protocols/oauth2/service-account

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

/** A token is replaced this many milliseconds before it expires. */
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
 * Reads the service account of a key file. Ignores its `token_uri`: tokens are requested only from Google.
 * @throws INVALID_REQUEST, which names the field but never its value
 */
export function readServiceAccount(field: string, json: Json | undefined): ServiceAccount {
  const account = AccountSchema.safeParse(json);
  if (account.success) return { email: account.data.client_email, key: account.data.private_key };
  const [issue] = account.error.issues;
  const path = ['dnsCredentials', field, ...(issue?.path ?? [])].join('.');
  const problem =
    issue?.path[0] === 'type'
      ? 'is not "service_account": enter the key file of a service account'
      : issue?.message;
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
 * Creates a function that returns a token valid for at least a few minutes. It fetches one on the first call and shortly
 * before expiry. The function throws DNS_CREDENTIALS_REJECTED with Google's message, or DNS_PROVIDER_UNAVAILABLE.
 * @param endpoint Replaces Google's URLs: tokens are requested at its `/token`.
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
      // Errors are classified below; otherwise the library would retry by its own rules.
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
