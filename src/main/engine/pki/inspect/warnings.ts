// Warns about problems of an uploaded certificate that do not prevent its use (docs/rest-api.md, "Upload and validate").
import type { Warning } from '../../../../shared/certificate.ts';
import { coversName } from '../../../../shared/names.ts';
import { type Certificate, isSelfSigned } from './certificate.ts';
import type { OrderedChain } from './chain.ts';
import { displayName, leafFacts } from './facts.ts';
import { publicKeyOf } from './public-key.ts';

const DAY_MS = 86_400_000;

export interface WarningOptions {
  readonly now: Date;
  /** The project's names; empty if the project has no domain. */
  readonly projectNames: readonly string[];
}

/** All warnings about a chain, in display order. */
export function warningsOf(chain: OrderedChain, { now, projectNames }: WarningOptions): readonly Warning[] {
  return [
    ...expiresSoon(chain.leaf, now),
    ...selfSigned(chain),
    ...incomplete(chain, now),
    ...expiredRoot(chain),
    ...outOfOrder(chain),
    ...uncommonKey(chain.leaf),
    ...notForServers(chain.leaf),
    ...otherNames(chain.leaf, projectNames),
  ];
}

function expiresSoon(leaf: Certificate, now: Date): readonly Warning[] {
  const left = leaf.notAfter.getTime() - now.getTime();
  if (left > 30 * DAY_MS) return [];
  const days = Math.floor(left / DAY_MS);
  const inDays = days === 0 ? 'within a day' : days === 1 ? 'in 1 day' : `in ${days} days`;
  return [
    { code: 'EXPIRES_SOON', message: `The certificate expires ${inDays}, on ${leafFacts(leaf).expiresAt}.` },
  ];
}

function selfSigned(chain: OrderedChain): readonly Warning[] {
  if (!chain.selfSigned) return [];
  return [
    {
      code: 'SELF_SIGNED',
      message: 'The certificate is self-signed: clients trust it only if you install it on them.',
    },
  ];
}

function incomplete(chain: OrderedChain, now: Date): readonly Warning[] {
  if (!chain.complete) {
    const issuer = leafFacts(chain.leaf).issuerName;
    const message = `Intermediate "${issuer}" is missing. Add it, or some clients will reject the certificate.`;
    return [{ code: 'CHAIN_INCOMPLETE', message }];
  }
  // An expired intermediate is as good as missing. The dates of a root do not matter: clients use their own copy.
  const expired = chain.path.slice(1).find((item) => now > item.notAfter && !isSelfSigned(item));
  if (expired === undefined) return [];
  const message = `The issuer's certificate "${displayName(expired)}" expired on ${leafFacts(expired).expiresAt}: get its successor from the CA.`;
  return [{ code: 'CHAIN_INCOMPLETE', message }];
}

function expiredRoot({ expiredRoot: root }: OrderedChain): readonly Warning[] {
  if (root === null) return [];
  const message = `The root certificate "${displayName(root)}" at the end of the chain expired on ${leafFacts(root).expiresAt}. Certdesk omits it: clients have their own roots, and some fail on an expired one.`;
  return [{ code: 'EXPIRED_ROOT', message }];
}

function uncommonKey(leaf: Certificate): readonly Warning[] {
  if (publicKeyOf(leaf)?.asymmetricKeyDetails?.namedCurve !== 'secp521r1') return [];
  const message = 'The key is EC P-521, which Chrome and Android do not accept. Use P-256 or P-384 instead.';
  return [{ code: 'UNCOMMON_KEY', message }];
}

/** Server authentication and "any" (RFC 5280 section 4.2.1.12). */
const SERVER_USAGES = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

function notForServers({ x509 }: Certificate): readonly Warning[] {
  const usages: readonly string[] = x509.keyUsage ?? [];
  if (usages.length === 0 || usages.some((usage) => SERVER_USAGES.includes(usage))) return [];
  const message =
    'The certificate is not for servers: its extended key usage lacks server authentication, and browsers reject it. Request it with the CA’s profile for servers.';
  return [{ code: 'NOT_FOR_SERVERS', message }];
}

function outOfOrder({ inOrder, unrelated }: OrderedChain): readonly Warning[] {
  const messages = [
    ...(inOrder ? [] : ['The chain was reordered (leaf first).']),
    ...(unrelated.length === 0 ? [] : [`Unrelated certificates were ignored: ${listed(unrelated)}.`]),
  ];
  return messages.map((message) => ({ code: 'CHAIN_OUT_OF_ORDER', message }));
}

function listed(certificates: readonly Certificate[]): string {
  const names = certificates.slice(0, 5).map((item) => `"${displayName(item)}"`);
  const rest = certificates.length - names.length;
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
}

/** Ignores wildcards that cover one of the project's names, and names that the project's wildcard covers. */
function otherNames(leaf: Certificate, projectNames: readonly string[]): readonly Warning[] {
  const { names } = leafFacts(leaf);
  const isOurs = (name: string) => projectNames.some((own) => coversName(name, own) || coversName(own, name));
  const others = names.filter((name) => !isOurs(name));
  if (projectNames.length > 0 && others.length > 0) {
    const shown =
      others.slice(0, 10).join(', ') + (others.length > 10 ? ` and ${others.length - 10} more` : '');
    return [
      { code: 'OTHER_NAMES', message: `The certificate also contains ${shown}, which the project does not.` },
    ];
  }
  if (leaf.sanNames.length > 0) return [];
  const message =
    'The certificate has only a common name, which clients ignore. Get one with subject alternative names.';
  return [{ code: 'OTHER_NAMES', message }];
}
