// The values of credentials for hosts. They are only in the secret store; nothing else returns them.
import type { CreateHostCredential, UpdateHostCredential } from '../../../shared/host.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { HostCredentialRecord } from '../core/model-deploy.ts';
import type { SecretStore } from '../core/ports.ts';
import { hostCredentialSecret } from '../core/secret-names.ts';

export type CredentialValues =
  | { readonly kind: 'ssh-key'; readonly privateKey: string; readonly passphrase: string | null }
  | { readonly kind: 'ssh-password'; readonly password: string }
  | { readonly kind: 'ssh-agent'; readonly socket: string }
  | { readonly kind: 'secret'; readonly value: string }
  | {
      readonly kind: 'aws';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | null;
    };

/** @throws HOST_CREDENTIAL_INVALID if the secret store lost the values; SECRET_STORE_UNAVAILABLE */
export async function readCredential(
  secrets: SecretStore,
  { id, name }: Pick<HostCredentialRecord, 'id' | 'name'>,
): Promise<CredentialValues> {
  const text = await secrets.get(hostCredentialSecret(id));
  if (text !== null) return JSON.parse(text);
  throw new CertdeskError(
    'HOST_CREDENTIAL_INVALID',
    `The values of the credential ${name} are no longer in the secret store: enter them again`,
    { host: '', reason: 'lost' },
  );
}

export const writeCredential = (secrets: SecretStore, id: string, values: CredentialValues): Promise<void> =>
  secrets.set(hostCredentialSecret(id), JSON.stringify(values));

/** Returns the values of a request without its name. */
export function valuesOf({ name: _, ...values }: CreateHostCredential): CredentialValues {
  return values;
}

const FIELDS: Readonly<Record<CredentialValues['kind'], readonly (keyof UpdateHostCredential)[]>> = {
  'ssh-key': ['privateKey', 'passphrase'],
  'ssh-password': ['password'],
  'ssh-agent': ['socket'],
  secret: ['value'],
  aws: ['accessKeyId', 'secretAccessKey', 'sessionToken'],
};

/**
 * Returns the values with those of the request. A new key without a passphrase or session token has none.
 * @throws INVALID_REQUEST if a field belongs to another kind of credential
 */
export function changeValues(
  values: CredentialValues,
  { name: _, ...patch }: UpdateHostCredential,
): CredentialValues {
  const foreign = Object.keys(patch).find(
    (field) => !FIELDS[values.kind].includes(field as keyof UpdateHostCredential),
  );
  if (foreign !== undefined)
    throw invalid(
      foreign,
      `belongs to another type of credential: this one has ${FIELDS[values.kind].join(', ')}`,
    );
  const reset = {
    ...(patch.privateKey !== undefined && patch.passphrase === undefined ? { passphrase: null } : {}),
    ...(patch.accessKeyId !== undefined && patch.sessionToken === undefined ? { sessionToken: null } : {}),
  };
  return { ...values, ...reset, ...patch } as CredentialValues;
}

/** Whether the request changes any value. */
export const hasValues = ({ name: _, ...patch }: UpdateHostCredential): boolean =>
  Object.values(patch).some((value) => value !== undefined);
