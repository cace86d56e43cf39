// What it needs to send credentials of a DNS provider with a request.
import type { Need } from './reach.ts';

/** Providers whose credentials name what Certdesk runs or whom it calls; those of all others need `project`. */
const NEEDS: Readonly<Record<string, Need>> = {
  // Variables of shell scripts, which evaluate some of them.
  'acme-sh': { reach: 'system' },
  // Servers of the sender's choice, perhaps in Certdesk's own network.
  rfc2136: { reach: 'project', allProjects: true },
  acmedns: { reach: 'project', allProjects: true },
};

/** The role of the machine that Certdesk runs on is not the sender's own. */
const MACHINE_ROLE: Need = { reach: 'project', allProjects: true };

/** @param credentials As they were sent, not validated; undefined: none. */
export function needOfCredentials(provider: unknown, credentials: unknown): Need | null {
  if (credentials === undefined || typeof provider !== 'string') return null;
  if (isMachineRole(provider, credentials)) return MACHINE_ROLE;
  return Object.hasOwn(NEEDS, provider) ? (NEEDS[provider] ?? null) : null;
}

/** Whether credentials are those of the machine that Certdesk runs on: AWS without keys. */
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

/** For the schema of obtain. `machineRole` is not sent: the access check adds it, see api/certificates.ts. */
export function needOfObtain(body: unknown): Need | null {
  if (typeof body !== 'object' || body === null) return null;
  if (Reflect.get(body, 'machineRole') === true) return MACHINE_ROLE;
  return needOfCredentials(Reflect.get(body, 'dnsProvider'), Reflect.get(body, 'dnsCredentials'));
}
