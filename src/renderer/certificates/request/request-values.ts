// The values of the form that requests a certificate: initial values, validation, and conversion to a request.
import { type CaForNames, explainTooMany, explainUnfit } from '../../../shared/ca-capabilities.ts';
import type { ObtainRequest } from '../../../shared/certificate.ts';
import type { LastRequest } from '../../../shared/certificate-history.ts';
import type { DnsProviderInfo } from '../../../shared/dns-credential.ts';
import { isIpAddress } from '../../../shared/ip-address.ts';
import type { Project } from '../../../shared/project.ts';
import { endSentence } from '../../format.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { messages } from '../../messages.ts';
import { checkTags } from '../../tags/check-tags.ts';
import { checkLabel, isEmailAddress } from '../../ui/field-checks.ts';
import { checkCredentials, type FieldErrors, filled } from '../credential-checks.ts';
import { parseNames } from './parse-names.ts';

const text = obtainTexts;

export const KEYS = ['ec-256', 'ec-384', 'rsa-2048', 'rsa-4096'] as const;
export const METHODS = ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01', 'manual'] as const;
/** `manual` is DNS-01 with records that the user creates. */
export type Method = (typeof METHODS)[number];
/** The ID of the DNS provider whose records the user creates. */
export const MANUAL = 'manual';
/** Stands for a custom directory URL in place of a built-in CA's ID. */
export const OTHER_CA = 'other';
/** How long names must stay unchanged before they are checked, ms: longer than a pause while typing. */
export const TYPED_MS = 900;
/** The limit of one certificate (engine/issuance/issuance-spec.ts). */
const MAX_NAMES = 100;

export interface RequestValues {
  /** As typed. For a project with a domain: the additional names only. */
  readonly names: string;
  /** The name of the new project; empty for the domain. */
  readonly projectName: string;
  /** Of the new project. */
  readonly tags: readonly string[];
  readonly method: Method;
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
  /** Empty for the CA's default chain. */
  readonly preferredChain: string;
  readonly autoRenew: boolean;
  readonly staging: boolean;
}

type Body = Omit<ObtainRequest, 'keyType' | 'keySize'> & {
  keyType: 'rsa' | 'ec';
  keySize: 256 | 384 | 2048 | 4096;
};

const SIZES = { 'ec-256': 256, 'ec-384': 384, 'rsa-2048': 2048, 'rsa-4096': 4096 } as const;

/** Returns the names of the certificate, the domain first. */
export function namesOf(
  project: Pick<Project, 'domain'> | null,
  { names }: Pick<RequestValues, 'names'>,
): readonly string[] {
  const domain = project?.domain ?? null;
  return [...new Set([...(domain === null ? [] : [domain]), ...parseNames(names).names])];
}

export function wildcardOf(names: readonly string[]): string | undefined {
  return names.find((name) => name.startsWith('*.'));
}

export function addressOf(names: readonly string[]): string | undefined {
  return names.find(isIpAddress);
}

/** Whether the CA reads a TXT record: for wildcards the only way (RFC 8737 section 3), for IP addresses none (RFC 8738 section 7). */
export function isDnsMethod(method: Method): boolean {
  return method === 'dns-01' || method === 'dns-persist-01' || method === 'manual';
}

/** Returns the method that is used: DNS-01 for a wildcard, and another one for an IP address. */
export function methodOf({ method }: Pick<RequestValues, 'method'>, names: readonly string[]): Method {
  if (isDnsMethod(method) && addressOf(names) !== undefined) return 'http-01';
  const needsDns = wildcardOf(names) !== undefined && addressOf(names) === undefined;
  return needsDns && !isDnsMethod(method) ? 'dns-01' : method;
}

/** What the form knows about the last request. */
export interface Before extends LastRequest {
  /** IDs of the built-in CAs. */
  readonly cas: readonly string[];
  readonly providers: readonly DnsProviderInfo[];
}

const FIRST: RequestValues = {
  names: '',
  projectName: '',
  tags: [],
  method: 'http-01',
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

/**
 * Returns the values of a new certificate.
 * @param saved The IDs of the saved DNS credentials; the first is selected.
 */
export function newValues(names: string, saved: readonly string[]): RequestValues {
  return { ...FIRST, names, source: saved[0] ?? 'new' };
}

/** Returns the values of the project's last request, with the project's current names. */
export function valuesAgain({ altNames }: Project, before: Before, saved: readonly string[]): RequestValues {
  const first = newValues(altNames.join('\n'), saved);
  return before.request === null ? first : { ...first, ...valuesOf(before, before.request) };
}

function valuesOf(before: Before, request: NonNullable<LastRequest['request']>): Partial<RequestValues> {
  const { ca, keyType, keySize, profile, profileUse, dnsProvider, dnsCredential } = request;
  const known = before.cas.includes(ca.id);
  // A provider without required fields needs no stored values, for example the server's own cloud role.
  const info = before.providers.find(({ id }) => id === dnsProvider?.id);
  const needsValues = info?.credentials.some(({ required }) => required) ?? true;
  const own = before.usesProjectCredentials && needsValues ? 'project' : 'new';
  const isManual = dnsProvider?.id === MANUAL;
  return {
    method: isManual ? 'manual' : request.challengeType,
    ...(request.challengeType === 'dns-01' && !isManual ? { source: dnsCredential?.id ?? own } : {}),
    ...(request.challengeType === 'dns-persist-01' ? { source: dnsCredential?.id ?? 'new' } : {}),
    dnsProvider: dnsCredential === null && !isManual ? (dnsProvider?.id ?? '') : '',
    key: KEYS.find((each) => each === `${keyType}-${keySize}`) ?? FIRST.key,
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

function validationOf({ source, dnsProvider, credentials }: RequestValues, method: Method) {
  if (method === 'http-01' || method === 'tls-alpn-01') return { challengeType: method } as const;
  if (method === 'dns-persist-01')
    return {
      challengeType: method,
      ...(isSavedSource(source) ? { dnsCredentialId: source } : {}),
    } as const;
  const dns = { challengeType: 'dns-01' } as const;
  if (method === 'manual') return { ...dns, dnsProvider: MANUAL };
  if (source === 'project') return dns;
  if (source !== 'new') return { ...dns, dnsCredentialId: source };
  const given = filled(credentials);
  return { ...dns, dnsProvider, ...(Object.keys(given).length === 0 ? {} : { dnsCredentials: given }) };
}

/** Whether the source is the ID of a saved credential. */
export const isSavedSource = (source: string): boolean => source !== 'new' && source !== 'project';

function profileOf({ profile, profileRequired }: RequestValues) {
  if (profile.trim() === '') return {};
  return { profile: profile.trim(), profileUse: profileRequired ? 'required' : 'preferred' } as const;
}

/** @param names All names of the certificate, the domain first. */
export function toRequest(values: RequestValues, names: readonly string[], dryRun: boolean): Body {
  const [kid, hmacKey] = [values.kid.trim(), values.hmacKey.trim()];
  return {
    ...validationOf(values, methodOf(values, names)),
    altNames: names.slice(1),
    keyType: values.key.startsWith('ec') ? 'ec' : 'rsa',
    keySize: SIZES[values.key],
    ...(values.email.trim() === '' ? {} : { email: values.email.trim() }),
    ca: values.ca === OTHER_CA ? values.caUrl.trim() : values.ca,
    ...(kid === '' ? {} : { eab: { kid, hmacKey } }),
    ...profileOf(values),
    ...(values.preferredChain.trim() === '' ? {} : { preferredChain: values.preferredChain.trim() }),
    autoRenew: values.autoRenew,
    staging: values.staging,
    dryRun,
  };
}

export interface Known {
  /** Null if the form creates the project. */
  readonly project: Project | null;
  readonly provider: DnsProviderInfo | undefined;
  readonly needsEab: boolean;
  /** Undefined for a custom directory URL. */
  readonly ca?: (CaForNames & { readonly ipProfile?: string | null }) | undefined;
}

/** Validates the form before the request is sent. The server validates again. */
export function checkRequest(values: RequestValues, known: Known): FieldErrors {
  return {
    ...checkNames(values, known),
    ...checkValidation(values, known),
    ...checkAdvanced(values, known),
  };
}

/** Describes the first part of the text that is no name; null if all are names. */
export function checkTyped(names: string): string | null {
  const [wrong] = parseNames(names).invalid;
  return wrong === undefined ? null : endSentence(`${wrong.input} ${wrong.why}`);
}

/** The profile that the request will have: the given one, or for an IP address the one that the CA demands. */
function profileToUse(
  { profile }: Pick<RequestValues, 'profile'>,
  names: readonly string[],
  ca: Known['ca'],
): string | null {
  if (profile.trim() !== '') return profile.trim();
  return addressOf(names) === undefined ? null : (ca?.ipProfile ?? null);
}

/** Says that there are more names than the CA accepts with the selected profile; null if there are not. */
export function checkCount(
  values: Pick<RequestValues, 'profile'>,
  names: readonly string[],
  ca: Known['ca'],
): string | null {
  if (names.length > MAX_NAMES) return text.namesTooMany(names.length, MAX_NAMES);
  const tooMany = ca && explainTooMany(ca, names, profileToUse(values, names, ca));
  return tooMany ? endSentence(tooMany) : null;
}

function checkNames(values: RequestValues, { project, ca }: Known): FieldErrors {
  const wrong = checkTyped(values.names);
  if (wrong !== null) return { names: wrong };
  const names = namesOf(project, values);
  if (names.length === 0) return { names: text.namesMissing };
  const [wildcard, address] = [wildcardOf(names), addressOf(names)];
  if (wildcard !== undefined && address !== undefined)
    return { names: text.wildcardAndAddress(wildcard, address) };
  const tooMany = checkCount(values, names, values.ca === OTHER_CA ? undefined : ca);
  return tooMany === null ? {} : { names: tooMany };
}

function checkValidation(values: RequestValues, { project, provider }: Known): FieldErrors {
  if (methodOf(values, namesOf(project, values)) !== 'dns-01' || values.source !== 'new') return {};
  if (provider === undefined) return { dnsProvider: text.providerMissing };
  const errors = checkCredentials(provider, values.credentials);
  return Object.fromEntries(Object.entries(errors).map(([name, wrong]) => [`credentials.${name}`, wrong]));
}

function checkAdvanced(values: RequestValues, { needsEab, ca: known, project }: Known): FieldErrors {
  const { ca, caUrl, email, kid, hmacKey, projectName, tags } = values;
  const errors: FieldErrors = {};
  const name = checkLabel(projectName);
  if (name !== null) errors.projectName = name;
  const chain = checkLabel(values.preferredChain);
  if (chain !== null) errors.preferredChain = chain;
  const tag = checkTags(tags);
  if (tag !== null) errors.tags = tag;
  const names = namesOf(project, values);
  const unfit = known && explainUnfit(known, names, profileToUse(values, names, known));
  if (ca !== OTHER_CA && unfit && checkCount(values, names, known) === null) errors.ca = endSentence(unfit);
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
