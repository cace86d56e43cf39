// The obtain form's values, and the request that they make.
import type { ObtainRequest } from '../../shared/certificate.ts';
import type { DnsProviderInfo } from '../../shared/dns-credential.ts';
import { messages } from '../messages.ts';

export const KEYS = ['ec-256', 'ec-384', 'rsa-2048', 'rsa-4096'] as const;

export interface ObtainValues {
  readonly altNames: string[];
  readonly challengeType: 'http-01' | 'dns-01';
  readonly dnsProvider: string;
  /** By field; a field of type json or lines as the text that was typed. */
  readonly credentials: Record<string, string>;
  readonly key: (typeof KEYS)[number];
  readonly email: string;
  readonly ca: string;
  readonly autoRenew: boolean;
  readonly staging: boolean;
}

type Body = Omit<ObtainRequest, 'keyType' | 'keySize'> & {
  keyType: 'rsa' | 'ec';
  keySize: 256 | 384 | 2048 | 4096;
};

const SIZES = { 'ec-256': 256, 'ec-384': 384, 'rsa-2048': 2048, 'rsa-4096': 4096 } as const;

/** Credentials that were all left empty are left out: then the kept ones are used. */
export function toRequest(values: ObtainValues, dryRun: boolean): Body {
  const filled = Object.entries(values.credentials).filter(([, value]) => value.trim() !== '');
  const dns =
    values.challengeType === 'dns-01'
      ? {
          dnsProvider: values.dnsProvider,
          ...(filled.length === 0 ? {} : { dnsCredentials: Object.fromEntries(filled) }),
        }
      : {};
  return {
    challengeType: values.challengeType,
    ...dns,
    altNames: values.altNames,
    keyType: values.key.startsWith('ec') ? 'ec' : 'rsa',
    keySize: SIZES[values.key],
    ...(values.email.trim() === '' ? {} : { email: values.email.trim() }),
    ca: values.ca,
    autoRenew: values.autoRenew,
    staging: values.staging,
    dryRun,
  };
}

/** JSON is checked as it is typed; the other rules are the server's. */
export function checkCredential(field: DnsProviderInfo['credentials'][number], value: string): string | null {
  if (field.type !== 'json' || value.trim() === '') return null;
  try {
    JSON.parse(value);
    return null;
  } catch {
    return messages.obtain.badJson;
  }
}
