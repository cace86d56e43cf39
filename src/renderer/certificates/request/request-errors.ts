// Maps a server error to the field of the form that it concerns.
import { failureOf, fieldIssues } from '../../api.ts';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { asSentence } from '../../ui/field-checks.ts';
import type { FieldErrors } from '../credential-checks.ts';
import { OTHER_CA, type RequestValues } from './request-values.ts';

/** The fields of the collapsed part, which opens if one of them is invalid. */
const ADVANCED: ReadonlySet<string> = new Set([
  'projectName',
  'tags',
  'key',
  'ca',
  'caUrl',
  'profile',
  'preferredChain',
  'staging',
  'email',
  'kid',
  'hmacKey',
]);
const FIELDS: ReadonlySet<string> = new Set(['names', 'method', 'source', 'dnsProvider', ...ADVANCED]);

/** Fields of the two requests -> field of the form. */
const ALIASES: Readonly<Record<string, string>> = {
  name: 'projectName',
  domain: 'names',
  altNames: 'names',
  challengeType: 'method',
  dnsCredentialId: 'source',
  keySize: 'key',
  keyType: 'key',
  'eab.kid': 'kid',
  'eab.hmacKey': 'hmacKey',
  eab: 'kid',
};

/** Error codes that concern one field without naming it. */
const BY_CODE: Readonly<Record<string, string>> = {
  UNSUPPORTED_DNS_PROVIDER: 'dnsProvider',
  DNS_CREDENTIAL_NOT_FOUND: 'source',
  UNKNOWN_CA: 'ca',
  ACME_EAB_REQUIRED: 'kid',
};

/** Returns field errors; empty if the error names no field of the form and is shown as a whole. */
export function requestErrors(error: unknown, values: Pick<RequestValues, 'ca' | 'source'>): FieldErrors {
  const { body } = failureOf(error);
  if (body === null) return {};
  const errors: FieldErrors = {};
  for (const { field, message } of fieldIssues(body)) {
    const known = fieldOf(field);
    if (known !== null) errors[known] ??= asSentence(message);
  }
  const missing: unknown =
    body.code === 'DNS_CREDENTIALS_REQUIRED' ? Reflect.get(Object(body.details), 'fields') : null;
  if (Array.isArray(missing) && values.source === 'new') {
    for (const name of missing) errors[`credentials.${name}`] = obtainTexts.required;
  }
  const field = BY_CODE[body.code];
  if (field !== undefined && Object.keys(errors).length === 0) errors[field] = body.error;
  if (values.ca === OTHER_CA && errors.ca !== undefined) {
    errors.caUrl = errors.ca;
    delete errors.ca;
  }
  return errors;
}

function fieldOf(field: string): string | null {
  if (field.startsWith('dnsCredentials.')) return field.replace('dnsCredentials.', 'credentials.');
  const base = field.split('.')[0] ?? '';
  const name = ALIASES[field] ?? ALIASES[base] ?? base;
  return FIELDS.has(name) ? name : null;
}

/** Whether an invalid field is in the collapsed part of the form. */
export function hasAdvancedError(errors: FieldErrors): boolean {
  return Object.keys(errors).some((field) => ADVANCED.has(field));
}
