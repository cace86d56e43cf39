// Decides for which names a public CA issues (CA/Browser Forum Baseline Requirements, sections 4.2.2 and 7.1.2.7.12).
import { isIpAddress } from '../../../shared/ip-address.ts';
import { isSingleLabel } from '../../../shared/names.ts';
import { isPublicAddress } from '../outgoing/special-networks.ts';

/** Explains why no public CA issues for the name, as a sentence without a period; null if one can. @param name Stored form. */
export function explainNotPublic(name: string): string | null {
  if (isIpAddress(name))
    return isPublicAddress(name)
      ? null
      : `a public CA does not issue for ${name}, a private or reserved address: use the public address, a host name, or a CA in your network (its directory URL)`;
  if (!isSingleLabel(name)) return null;
  return `a public CA does not issue for ${name}, a name of one label: use a full name such as ${name}.example.com, or a CA in your network (its directory URL)`;
}
