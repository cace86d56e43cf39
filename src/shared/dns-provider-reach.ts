// Defines the reach that a request with credentials of a DNS provider needs.
import type { Need } from './reach.ts';

/** Providers whose credentials name programs to run or servers to call. All others need `project`. */
const NEEDS: Readonly<Record<string, Need>> = {
  // Variables of shell scripts, which evaluate some of them as code.
  'acme-sh': { reach: 'system' },
  // The caller chooses the server, which may be in Certdesk's own network.
  rfc2136: { reach: 'project', allProjects: true },
  acmedns: { reach: 'project', allProjects: true },
};

/** The AWS role of Certdesk's machine does not belong to the caller. */
const MACHINE_ROLE: Need = { reach: 'project', allProjects: true };

/** @param credentials The credentials before validation; undefined if there are none. */
export function needOfCredentials(provider: unknown, credentials: unknown): Need | null {
  if (credentials === undefined || typeof provider !== 'string') return null;
  if (isMachineRole(provider, credentials)) return MACHINE_ROLE;
  return Object.hasOwn(NEEDS, provider) ? (NEEDS[provider] ?? null) : null;
}

/** Whether the credentials stand for the role of Certdesk's machine: AWS without keys. */
export function isMachineRole(provider: string, credentials: unknown): boolean {
  if (provider !== 'aws') return false;
  const key: unknown =
    typeof credentials === 'object' && credentials !== null ? Reflect.get(credentials, 'accessKeyId') : null;
  return typeof key !== 'string' || key.trim() === '';
}

/** For schemas of bodies with `provider` and `credentials`. */
export function needOfProviderBody(body: unknown): Need | null {
  if (typeof body !== 'object' || body === null) return null;
  return needOfCredentials(Reflect.get(body, 'provider'), Reflect.get(body, 'credentials'));
}

/**
 * For the schema of obtain. The access check adds `machineRole`, which is no field of the request
 * (api/certificates.ts).
 */
export function needOfObtain(body: unknown): Need | null {
  if (typeof body !== 'object' || body === null) return null;
  if (Reflect.get(body, 'machineRole') === true) return MACHINE_ROLE;
  return needOfCredentials(Reflect.get(body, 'dnsProvider'), Reflect.get(body, 'dnsCredentials'));
}
