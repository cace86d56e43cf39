// The values of the form for a host, their checks, and their conversion to a request.

import type {
  CreateHost,
  Host,
  HostCredentialKind,
  HostKey,
  TransportKind,
  UpdateHost,
} from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { checkLabel } from '../ui/field-checks.ts';
import {
  type CredentialField,
  type CredentialValues,
  checkCredential,
  NO_CREDENTIAL,
} from './credential-values.ts';

const text = hostTexts.form;

/** Kinds of credentials that sign in to a host. */
export const SIGN_IN_KINDS = [
  'ssh-key',
  'ssh-password',
  'ssh-agent',
] as const satisfies readonly HostCredentialKind[];
export type SignInKind = (typeof SIGN_IN_KINDS)[number];

export interface HostValues {
  readonly transport: TransportKind;
  readonly name: string;
  readonly address: string;
  readonly port: number | string;
  readonly user: string;
  /** The ID of a saved credential, `new:` and the kind of a new one, or empty. */
  readonly signIn: string;
  readonly credential: CredentialValues;
  readonly tags: string[];
  readonly jumpHostId: string | null;
  readonly become: CreateHost['become'];
}

export type HostErrors = Partial<Record<keyof HostValues | CredentialField | 'hostKeys', string>>;

export const NEW_HOST: HostValues = {
  transport: 'ssh',
  name: '',
  address: '',
  port: 22,
  user: '',
  signIn: 'new:ssh-key',
  credential: NO_CREDENTIAL,
  tags: [],
  jumpHostId: null,
  become: 'none',
};

export function valuesOfHost(host: Host): HostValues {
  return {
    ...NEW_HOST,
    transport: host.transport,
    name: host.name,
    address: host.address ?? '',
    port: host.port,
    user: host.user ?? '',
    signIn: host.credentialId ?? '',
    tags: [...host.tags],
    jumpHostId: host.jumpHostId,
    become: host.become,
  };
}

/** Returns the kind of the credential to create; null if a saved one is chosen. */
export function newKindOf({ signIn }: Pick<HostValues, 'signIn'>): SignInKind | null {
  return SIGN_IN_KINDS.find((kind) => signIn === `new:${kind}`) ?? null;
}

export function checkHost(values: HostValues): HostErrors {
  const label = checkLabel(values.name);
  const errors: HostErrors = label === null ? {} : { name: label };
  if (values.transport === 'local') return errors;
  const kind = newKindOf(values);
  return {
    ...errors,
    ...(values.address.trim() === '' ? { address: text.addressMissing } : {}),
    ...(values.user.trim() === '' ? { user: text.userMissing } : {}),
    ...(values.signIn === '' ? { signIn: text.credentialMissing } : {}),
    ...(kind === null ? {} : checkCredential(kind, values.credential)),
  };
}

/** Returns the name of a new credential, which tells it apart in the list. */
export function credentialNameOf({ user, address }: HostValues): string {
  return `${user.trim()}@${address.trim()}`;
}

/** @param credentialId Of the saved credential; null for this machine. */
export function toCreateHost(
  values: HostValues,
  credentialId: string | null,
  hostKeys: readonly HostKey[],
): CreateHost {
  const { transport, name, tags } = values;
  const ssh = transport === 'ssh';
  const fallback = ssh ? values.address.trim() : text.localName;
  return {
    name: name.trim() === '' ? fallback : name.trim(),
    tags,
    transport,
    address: ssh ? values.address.trim() : null,
    port: ssh ? Number(values.port) : 22,
    user: ssh ? values.user.trim() : null,
    credentialId: ssh ? credentialId : null,
    hostKeys: ssh ? [...hostKeys] : [],
    jumpHostId: ssh ? values.jumpHostId : null,
    become: ssh ? values.become : 'none',
  };
}

/** The tags are changed in a dialog of their own, which lists the keys that they copy. */
export function toUpdateHost(values: HostValues, credentialId: string | null): UpdateHost {
  const { name, address, port, user, jumpHostId, become } = toCreateHost(values, credentialId, []);
  if (values.transport === 'local' || address === null || user === null) return { name };
  return {
    name,
    address,
    port,
    user,
    jumpHostId,
    become,
    ...(credentialId === null ? {} : { credentialId }),
  };
}

/** Returns the accepted keys with a new one, which replaces that of the same type. */
export function withKey(keys: readonly HostKey[], key: HostKey): HostKey[] {
  return [...keys.filter(({ type }) => type !== key.type), key];
}
