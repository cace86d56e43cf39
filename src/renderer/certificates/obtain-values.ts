// The values of the request wizard: initial values, validation per step, and conversion to a request.
import type { ObtainRequest } from '../../shared/certificate.ts';
import type { LastRequest } from '../../shared/certificate-history.ts';
import type { DnsProviderInfo } from '../../shared/dns-credential.ts';
import { toDnsName } from '../../shared/names.ts';
import type { Project } from '../../shared/project.ts';
import { messages } from '../messages.ts';
import { isEmailAddress } from '../ui/field-checks.ts';

const text = messages.obtain;

export const KEYS = ['ec-256', 'ec-384', 'rsa-2048', 'rsa-4096'] as const;
export const STEPS = ['names', 'validation', 'options', 'review'] as const;
export type ObtainStep = (typeof STEPS)[number];

/** Stands for a custom directory URL in place of a built-in CA's ID. */
export const OTHER_CA = 'other';

export interface ObtainValues {
  readonly altNames: string[];
  readonly challengeType: 'http-01' | 'dns-01';
  /** `new`: entered here; `project`: stored with the project; otherwise the ID of a saved credential. */
  readonly source: string;
  readonly dnsProvider: string;
  /** Values by field name; fields of type json or lines hold the text as typed. */
  readonly credentials: Record<string, string>;
  readonly key: (typeof KEYS)[number];
  readonly email: string;
  readonly ca: string;
  readonly caUrl: string;
  readonly kid: string;
  readonly hmacKey: string;
  /** Empty for the CA's default profile. */
  readonly profile: string;
  readonly profileRequired: boolean;
  /** Taken from the last request; empty for the CA's default chain. */
  readonly preferredChain: string;
  readonly autoRenew: boolean;
  readonly staging: boolean;
}

type Body = Omit<ObtainRequest, 'keyType' | 'keySize'> & {
  keyType: 'rsa' | 'ec';
  keySize: 256 | 384 | 2048 | 4096;
};

/** Error message by field; credential fields are named `credentials.NAME`. */
export type FieldErrors = Record<string, string>;

const SIZES = { 'ec-256': 256, 'ec-384': 384, 'rsa-2048': 2048, 'rsa-4096': 4096 } as const;

export function namesOf(project: Project, values: Pick<ObtainValues, 'altNames'>): readonly string[] {
  const domain = project.domain ?? '';
  return [...new Set([domain, ...values.altNames.map((name) => toDnsName(name.trim()) ?? name)])];
}

export function wildcardOf(names: readonly string[]): string | undefined {
  return names.find((name) => name.trim().startsWith('*.'));
}

/** What the wizard knows about the last request. */
export interface Before extends LastRequest {
  /** IDs of the built-in CAs. */
  readonly cas: readonly string[];
  readonly providers: readonly DnsProviderInfo[];
}

/** Returns the initial values: those of the last request, with the project's current names. */
export function initialValues({ domain, altNames }: Project, before?: Before): ObtainValues {
  const first: ObtainValues = {
    altNames: [...altNames],
    challengeType: wildcardOf([domain ?? '', ...altNames]) === undefined ? 'http-01' : 'dns-01',
    source: 'new',
    dnsProvider: '',
    credentials: {},
    key: 'ec-256',
    email: '',
    ca: 'letsencrypt',
    caUrl: '',
    kid: '',
    hmacKey: '',
    profile: '',
    profileRequired: false,
    preferredChain: '',
    autoRenew: true,
    staging: false,
  };
  return before?.request == null ? first : { ...first, ...valuesOf(before, before.request, first) };
}

function valuesOf(before: Before, request: NonNullable<LastRequest['request']>, first: ObtainValues) {
  const { ca, keyType, keySize, profile, profileUse, dnsProvider, dnsCredential } = request;
  const known = before.cas.includes(ca.id);
  const key = KEYS.find((each) => each === `${keyType}-${keySize}`) ?? first.key;
  // A provider without required fields needs no stored values: manual DNS, or the server's own cloud role.
  const info = before.providers.find(({ id }) => id === dnsProvider?.id);
  const needsValues = info?.credentials.some(({ required }) => required) ?? true;
  const own = before.usesProjectCredentials && needsValues ? 'project' : 'new';
  return {
    challengeType: first.challengeType === 'dns-01' ? first.challengeType : request.challengeType,
    source: dnsCredential?.id ?? own,
    dnsProvider: dnsCredential === null ? (dnsProvider?.id ?? '') : '',
    key,
    email: request.email ?? '',
    ca: known ? ca.id : OTHER_CA,
    caUrl: known ? '' : ca.id,
    profile: profile ?? '',
    profileRequired: profile !== null && profileUse !== 'preferred',
    preferredChain: request.preferredChain ?? '',
    autoRenew: before.autoRenew,
    staging: request.staging,
  };
}

/** Returns the credential fields that are filled in. */
export function filled(credentials: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(credentials).filter(([, value]) => value.trim() !== ''));
}

function dnsOf({ challengeType, source, dnsProvider, credentials }: ObtainValues) {
  if (challengeType === 'http-01' || source === 'project') return {};
  if (source !== 'new') return { dnsCredentialId: source };
  const given = filled(credentials);
  return { dnsProvider, ...(Object.keys(given).length === 0 ? {} : { dnsCredentials: given }) };
}

function profileOf({ profile, profileRequired }: ObtainValues) {
  if (profile.trim() === '') return {};
  return { profile: profile.trim(), profileUse: profileRequired ? 'required' : 'preferred' } as const;
}

export function toRequest(values: ObtainValues, dryRun: boolean): Body {
  const [kid, hmacKey] = [values.kid.trim(), values.hmacKey.trim()];
  return {
    challengeType: values.challengeType,
    ...dnsOf(values),
    altNames: values.altNames,
    keyType: values.key.startsWith('ec') ? 'ec' : 'rsa',
    keySize: SIZES[values.key],
    ...(values.email.trim() === '' ? {} : { email: values.email.trim() }),
    ca: values.ca === OTHER_CA ? values.caUrl.trim() : values.ca,
    ...(kid === '' ? {} : { eab: { kid, hmacKey } }),
    ...profileOf(values),
    ...(values.preferredChain === '' ? {} : { preferredChain: values.preferredChain }),
    autoRenew: values.autoRenew,
    staging: values.staging,
    dryRun,
  };
}

export interface Known {
  readonly project: Project;
  readonly provider: DnsProviderInfo | undefined;
  readonly needsEab: boolean;
}

/** Validates a step before the request is sent. The server validates again. */
export function checkStep(step: ObtainStep, values: ObtainValues, known: Known): FieldErrors {
  if (step === 'names') return checkNames(values);
  if (step === 'validation') return checkValidation(values, known);
  return step === 'options' ? checkOptions(values, known) : {};
}

function checkNames({ altNames }: ObtainValues): FieldErrors {
  const wrong = altNames.find((name) => toDnsName(name.trim()) === null);
  return wrong === undefined ? {} : { altNames: text.badName(wrong) };
}

function checkValidation(values: ObtainValues, { project, provider }: Known): FieldErrors {
  if (values.challengeType === 'http-01') {
    const wildcard = wildcardOf(namesOf(project, values));
    return wildcard === undefined ? {} : { challengeType: text.wildcard(wildcard) };
  }
  if (values.source !== 'new') return {};
  if (provider === undefined) return { dnsProvider: text.providerMissing };
  const errors = checkCredentials(provider, values.credentials);
  return Object.fromEntries(Object.entries(errors).map(([name, wrong]) => [`credentials.${name}`, wrong]));
}

/** Returns missing or invalid credential fields, by name. */
export function checkCredentials(
  provider: DnsProviderInfo,
  credentials: Readonly<Record<string, string>>,
): FieldErrors {
  const given = filled(credentials);
  const isReplaced = (name: string): boolean =>
    provider.credentials.some((field) => field.alternativeTo === name && given[field.name] !== undefined);
  const errors = provider.credentials.flatMap((field) => {
    const lacks =
      field.required &&
      field.default === undefined &&
      given[field.name] === undefined &&
      !isReplaced(field.name);
    const wrong = lacks ? text.fieldMissing(field.label) : checkCredential(field, given[field.name] ?? '');
    return wrong === null ? [] : [[field.name, wrong] as const];
  });
  return Object.fromEntries(errors);
}

function checkOptions({ ca, caUrl, email, kid, hmacKey }: ObtainValues, { needsEab }: Known): FieldErrors {
  const errors: FieldErrors = {};
  if (ca === OTHER_CA && URL.parse(caUrl.trim())?.protocol !== 'https:') errors.caUrl = text.caUrlBad;
  if (email.trim() !== '' && !isEmailAddress(email)) {
    errors.email = messages.fields.emailBad(email.trim());
  }
  const wanted = needsEab || kid.trim() !== '' || hmacKey.trim() !== '';
  const eab = needsEab ? text.eabMissing : text.eabPartial;
  if (wanted && kid.trim() === '') errors.kid = eab;
  if (wanted && hmacKey.trim() === '') errors.hmacKey = eab;
  return errors;
}

/** JSON is validated as it is typed; the server checks the rest. */
export function checkCredential(field: DnsProviderInfo['credentials'][number], value: string): string | null {
  if (field.type !== 'json' || value.trim() === '') return null;
  try {
    JSON.parse(value);
    return null;
  } catch {
    return messages.obtain.badJson;
  }
}
