// The values of a credential's form, and their conversion to a request.

import type { CreateHostCredential, HostCredentialKind, UpdateHostCredential } from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';

const text = hostTexts.credential;

export interface CredentialValues {
  readonly privateKey: string;
  readonly passphrase: string;
  readonly password: string;
  readonly socket: string;
  readonly value: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export type CredentialField = keyof CredentialValues;

export const NO_CREDENTIAL: CredentialValues = {
  privateKey: '',
  passphrase: '',
  password: '',
  socket: '',
  value: '',
  accessKeyId: '',
  secretAccessKey: '',
  sessionToken: '',
};

export const CREDENTIAL_FIELDS = Object.keys(NO_CREDENTIAL) as readonly CredentialField[];

/** Checks the fields of one kind. @returns the errors by field */
export function checkCredential(
  kind: HostCredentialKind,
  values: CredentialValues,
): Partial<Record<CredentialField, string>> {
  if (kind === 'ssh-key' && values.privateKey.trim() === '') return { privateKey: text.privateKeyMissing };
  if (kind === 'ssh-password' && values.password === '') return { password: text.passwordMissing };
  if (kind === 'ssh-agent' && !values.socket.trim().startsWith('/')) return { socket: text.socketMissing };
  if (kind === 'secret' && values.value === '') return { value: text.valueMissing };
  if (kind === 'aws' && values.accessKeyId.trim() === '') return { accessKeyId: text.valueMissing };
  if (kind === 'aws' && values.secretAccessKey.trim() === '') return { secretAccessKey: text.valueMissing };
  return {};
}

export function toCreate(
  kind: HostCredentialKind,
  name: string,
  values: CredentialValues,
): CreateHostCredential {
  if (kind === 'ssh-key') return { kind, name, ...keyOf(values) };
  if (kind === 'ssh-password') return { kind, name, password: values.password };
  if (kind === 'ssh-agent') return { kind, name, socket: values.socket.trim() };
  if (kind === 'aws') return { kind, name, ...awsKeysOf(values) };
  return { kind, name, value: values.value };
}

/** A change has all values of its kind, so a new key never keeps the passphrase of the old one. */
export function toUpdate(kind: HostCredentialKind, values: CredentialValues): UpdateHostCredential {
  const { kind: _, name: __, ...changed } = toCreate(kind, '', values);
  return changed;
}

const awsKeysOf = ({ accessKeyId, secretAccessKey, sessionToken }: CredentialValues) => ({
  accessKeyId: accessKeyId.trim(),
  secretAccessKey: secretAccessKey.trim(),
  sessionToken: sessionToken.trim() === '' ? null : sessionToken.trim(),
});

/** A pasted key may lack its last line break, without which OpenSSH's format is invalid. */
function keyOf({ privateKey, passphrase }: CredentialValues) {
  return {
    privateKey: `${privateKey.trim()}\n`,
    passphrase: passphrase === '' ? null : passphrase,
  };
}
