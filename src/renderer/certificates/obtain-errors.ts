// Maps a server error to the wizard field it concerns, and to the step with that field.
import { failureOf, fieldIssues } from '../api.ts';
import { messages } from '../messages.ts';
import { asSentence } from '../ui/field-checks.ts';
import { type FieldErrors, type ObtainStep, type ObtainValues, OTHER_CA } from './obtain-values.ts';

const STEP_OF: Readonly<Record<string, ObtainStep>> = {
  altNames: 'names',
  challengeType: 'validation',
  source: 'validation',
  dnsProvider: 'validation',
  key: 'options',
  ca: 'options',
  caUrl: 'options',
  staging: 'options',
  email: 'options',
  kid: 'options',
  hmacKey: 'options',
};

/** API field -> wizard field. */
const ALIASES: Readonly<Record<string, string>> = {
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

/** Returns field errors; empty if the error names no field of the wizard and is shown as a whole. */
export function obtainErrors(error: unknown, values: Pick<ObtainValues, 'ca' | 'source'>): FieldErrors {
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
    for (const name of missing) errors[`credentials.${name}`] = messages.obtain.required;
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
  return name in STEP_OF ? name : null;
}

/** Returns the step with the first invalid field, in the wizard's order. */
export function stepOfErrors(errors: FieldErrors): ObtainStep | null {
  const steps = Object.keys(errors).map((field) =>
    field.startsWith('credentials.') ? 'validation' : (STEP_OF[field] ?? null),
  );
  return (['names', 'validation', 'options'] as const).find((step) => steps.includes(step)) ?? null;
}
