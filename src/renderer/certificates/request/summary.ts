// Says in one sentence what the form requests. It changes as the user types.
import { formatList } from '../../format.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import type { Method } from './request-values.ts';

const text = obtainTexts.summary;

export interface SummaryFacts {
  readonly names: readonly string[];
  readonly method: Method;
  /** The DNS provider; null if none is selected yet. */
  readonly provider: string | null;
  /** The CA, or the host of a custom directory. */
  readonly ca: string;
  readonly staging: boolean;
  /** The key, if it is not the default: `RSA 2048`. */
  readonly key: string | null;
  /** The certificate profile; empty for the CA's default. */
  readonly profile: string;
  readonly autoRenew: boolean;
}

/**
 * @returns `A certificate for example.com and www.example.com from Let's Encrypt, checked over HTTP, renewed
 * automatically.`, or a hint if there is no name yet
 */
export function summarize(facts: SummaryFacts): string {
  const { names, ca, staging, key, profile, method } = facts;
  if (names.length === 0) return text.empty;
  const details = [
    ...(key === null ? [] : [text.key(key)]),
    ...(profile === '' ? [] : [text.profile(profile)]),
    method === 'dns-01' ? text.dns(facts.provider) : text.checked[method],
    facts.autoRenew ? text.renewed[method] : text.notRenewed,
  ];
  const start = staging ? text.test : text.certificate;
  return `${start(formatList(names), ca)}, ${details.join(', ')}.`;
}
