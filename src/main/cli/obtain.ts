// What `certdesk obtain` sends for options that are not given.
import { callJson, type Server } from './request.ts';
import { isRecord, valueAt } from './values.ts';

type Body = Readonly<Record<string, unknown>>;

/** Options that say how a certificate is obtained. If one is given, the last request does not matter. */
const METHOD = ['challengeType', 'dnsProvider', 'dnsCredentialId', 'dnsCredentials', 'ca'];

/**
 * Completes the request. A project that had a request before gets the same settings again, except `staging`. Others get
 * dns-01 for a wildcard or with a DNS option, and http-01 otherwise.
 */
export async function completeObtain(
  server: Server,
  projectId: string,
  name: string,
  body: Body,
): Promise<Body> {
  if (METHOD.some((field) => body[field] !== undefined)) {
    const isDns = ['dnsProvider', 'dnsCredentialId', 'dnsCredentials'].some(
      (field) => body[field] !== undefined,
    );
    return { challengeType: isDns || isWildcard(name, body) ? 'dns-01' : 'http-01', ...body };
  }
  const { value } = await callJson(server, 'GET', `/projects/${projectId}/certificate/last-request`);
  const request = valueAt(value, 'request');
  if (!isRecord(request)) return { challengeType: isWildcard(name, body) ? 'dns-01' : 'http-01', ...body };
  const before = {
    challengeType: request.challengeType,
    dnsProvider: valueAt(request, 'dnsProvider.id'),
    dnsCredentialId: valueAt(request, 'dnsCredential.id'),
    ca: valueAt(request, 'ca.id'),
    email: request.email,
    profile: request.profile,
    profileUse: request.profileUse,
    preferredChain: request.preferredChain,
    // A type of key that is given has sizes of its own.
    ...(body.keyType === undefined ? { keyType: request.keyType, keySize: request.keySize } : {}),
  };
  const isSet = ([, each]: [string, unknown]) => each !== undefined && each !== null;
  return { ...Object.fromEntries(Object.entries(before).filter(isSet)), ...body };
}

function isWildcard(name: string, { altNames }: Body): boolean {
  const names = [name, ...(Array.isArray(altNames) ? altNames.map(String) : [])];
  return names.some((each) => each.startsWith('*.'));
}
