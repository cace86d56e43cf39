// acme-dns (https://github.com/joohoi/acme-dns), a small name server that stores only challenge values. The user points the
// challenge's name to the acme-dns account with a CNAME once, so that no credentials for the domain's DNS are needed.

import { z } from 'zod';
import { CertdeskError } from '../../core/errors.ts';
import { invalidCredential } from '../../core/invalid.ts';
import { trimEndOf } from '../../core/outside-text.ts';
import { baseUrl } from './endpoint.ts';
import type { DnsHttp } from './http.ts';
import { type DnsProvider, defineDnsProvider, type TxtRecord } from './provider.ts';
import { readTxtRef, txtRefFor } from './txt-ref.ts';

const FailureSchema = z.object({ error: z.string() });
const UpdateSchema = z.object({ txt: z.string() });

export const acmedns = defineDnsProvider({
  id: 'acmedns',
  name: 'acme-dns',
  docs: 'https://github.com/joohoi/acme-dns#usage',
  permissions:
    'One acme-dns account (/register) per domain. If its allowfrom list is not empty, it must contain this server.',
  credentials: [
    {
      name: 'baseUrl',
      label: 'API URL',
      secret: false,
      required: false,
      type: 'text',
      address: true,
      default: 'https://auth.acme-dns.io',
    },
    {
      name: 'apiUser',
      label: 'User name',
      secret: true,
      required: true,
      type: 'text',
      help: '“username” in the response of /register.',
    },
    {
      name: 'apiKey',
      label: 'Password',
      secret: true,
      required: true,
      type: 'text',
      help: '“password” in the response of /register.',
    },
    {
      name: 'subdomain',
      label: 'Subdomain',
      secret: false,
      required: true,
      type: 'text',
      help: '“subdomain” in the response of /register.',
    },
    {
      name: 'fullDomain',
      label: 'Full domain',
      secret: false,
      required: false,
      type: 'text',
      help: '“fulldomain” in the response of /register. Leave empty to use the subdomain below the host of the API URL.',
    },
  ],
  propagation: { timeout: 60, interval: 1 },
  create(credentials, { http, endpoint }) {
    const base = String(credentials.baseUrl);
    const host = hostOf(base);
    const account = {
      url: `${baseUrl(trimEndOf(base, '/'), endpoint)}/update`,
      headers: { 'x-api-user': String(credentials.apiUser), 'x-api-key': String(credentials.apiKey) },
      subdomain: String(credentials.subdomain),
      fullDomain: String(credentials.fullDomain ?? `${credentials.subdomain}.${host}`)
        .toLowerCase()
        .replace(/\.$/, ''),
    };
    return createAcmeDns(http, account);
  },
});

interface Account {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subdomain: string;
  readonly fullDomain: string;
}

function createAcmeDns(http: DnsHttp, account: Account): DnsProvider {
  return {
    zoneOptional: true,
    keepsValues: true,
    testName: account.fullDomain,
    async addTxt(record, signal) {
      assertAlias(record, account);
      // Not repeated if it may have arrived: acme-dns stores the last two values, and a duplicate would replace the value
      // of the wildcard or its apex.
      const response = await http.request({
        method: 'POST',
        url: account.url,
        headers: account.headers,
        body: { subdomain: account.subdomain, txt: record.value },
        signal,
      });
      if (response.status >= 300) throw refusal(http, response);
      const { txt } = http.read(UpdateSchema, response);
      if (txt !== record.value) throw http.unavailable('confirmed a different value than the one sent.');
      return txtRefFor(record);
    },
    /** acme-dns cannot remove values; the next two replace them. */
    async removeTxt(ref) {
      readTxtRef(ref);
    },
    refFor: txtRefFor,
  };
}

function refusal(
  http: DnsHttp,
  response: { readonly status: number; readonly json: unknown },
): CertdeskError {
  const parsed = FailureSchema.safeParse(response.json);
  const text = parsed.success ? parsed.data.error : `it answered ${response.status}`;
  const advice =
    response.status === 401
      ? 'User name, password and subdomain must belong to one account, and its allowfrom list must contain this address.'
      : '';
  return http.refused(response, text, { advice });
}

/** acme-dns serves only its own names: without the CNAME, the CA would never see the value. */
function assertAlias({ name }: TxtRecord, { fullDomain }: Account): void {
  if (name === fullDomain) return;
  throw new CertdeskError(
    'DNS_ZONE_NOT_FOUND',
    `${name} does not point to acme-dns. At the DNS provider of the domain, create this CNAME once: ` +
      `${name}. CNAME ${fullDomain}.`,
    { name, cname: fullDomain },
  );
}

/** @throws INVALID_REQUEST */
function hostOf(url: string): string {
  const parsed = URL.parse(url);
  const isBase = parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '';
  // The API's path is appended, which does not work after # or ?.
  if (isBase && !/[#?\\]/.test(url)) return parsed.hostname;
  throw invalidCredential('baseUrl', 'is not an http or https URL without user, ? and #');
}
