// What a CA can issue, and why it cannot issue for some names. The data of the built-in CAs is in
// main/engine/acme/capabilities.ts.
import { z } from 'zod';
import { isIpAddress } from './ip-address.ts';

const ProfileSchema = z.object({
  name: z.string(),
  maxNames: z.int(),
  lifetimeHours: z.int(),
});

export const CaCapabilitiesSchema = z
  .object({
    maxNames: z.int().meta({ description: 'Names per certificate with the default profile' }),
    onlyWww: z
      .boolean()
      .meta({ description: 'Whether a certificate is for one name only, and for the same name with `www.`' }),
    wildcards: z.boolean(),
    ipAddresses: z.enum(['no', 'profile', 'on_request']).meta({
      description: 'profile: with the `ipProfile` of the CA only; on_request: after an agreement with the CA',
    }),
    ari: z.boolean().meta({ description: 'Renewal information (RFC 9773)' }),
    keyRollover: z.boolean().meta({ description: 'keyChange (RFC 8555 section 7.3.5)' }),
    lifetimeHours: z.object({ min: z.int(), max: z.int() }),
    profiles: z.array(ProfileSchema),
    note: z.string().nullable(),
    source: z.string().meta({ description: "The CA's page that says so" }),
    checkedAt: z.string().meta({ description: 'When the page was read: YYYY-MM' }),
  })
  .meta({ id: 'CaCapabilities' });
export type CaCapabilities = z.infer<typeof CaCapabilitiesSchema>;

export interface CaForNames {
  /** For sentences: `Let's Encrypt`. */
  readonly name: string;
  /** Null for a CA that Certdesk does not know. */
  readonly capabilities: CaCapabilities | null;
}

/**
 * Explains why the CA cannot issue a certificate for the names, as a sentence without a period.
 * @param names In the stored form.
 * @param profile Null for the default profile.
 * @returns null if it can, or if Certdesk does not know what the CA can issue
 */
export function explainUnfit(
  { name, capabilities }: CaForNames,
  names: readonly string[],
  profile: string | null,
): string | null {
  if (capabilities === null) return null;
  const wildcard = names.find((each) => each.startsWith('*.'));
  if (wildcard !== undefined && !capabilities.wildcards)
    return `${name} issues no wildcard certificates (${wildcard})`;
  const address = names.find(isIpAddress);
  if (address !== undefined && capabilities.ipAddresses === 'no')
    return `${name} does not issue for IP addresses (${address})`;
  if (capabilities.onlyWww && !isNameWithWww(names))
    return `${name} issues for one name and the same name with www. only, not for these ${names.length} names`;
  return explainTooMany({ name, capabilities }, names, profile);
}

/** Explains, in the same way, that the CA issues for fewer names with this profile. */
export function explainTooMany(
  { name, capabilities }: CaForNames,
  names: readonly string[],
  profile: string | null,
): string | null {
  if (capabilities === null) return null;
  const { maxNames = capabilities.maxNames } =
    capabilities.profiles.find((each) => each.name === profile) ?? {};
  if (names.length <= maxNames) return null;
  const withProfile = maxNames === capabilities.maxNames ? '' : ` with the profile ${profile}`;
  return `${name} issues for at most ${maxNames} names${withProfile}, not for ${names.length}`;
}

function isNameWithWww(names: readonly string[]): boolean {
  const bases = new Set(names.map((name) => name.replace(/^www\./, '')));
  return bases.size === 1 && names.length <= 2;
}
