// Validates the values of a DNS credential against the fields that the provider declares.

import { invalidCredential } from '../../core/invalid.ts';
import type { Json } from '../../core/model.ts';
import type { CredentialField, DnsProviderDefinition } from '../providers/provider.ts';

export type DnsCredentials = Readonly<Record<string, Json>>;

/** For comparison: a cloud provider's key file has a dozen values and 3 KiB. */
const MAX_VALUES = 50;
const MAX_CHARACTERS = 64 * 1024;

type Declared = Pick<DnsProviderDefinition, 'name' | 'credentials'>;

/**
 * Validates credentials: fills in defaults, trims pasted text, and converts pasted JSON and lines to objects.
 * @throws INVALID_REQUEST for an unknown, missing or malformed field (the error names the field, never its value), for more
 *   than 50 values, and for more than 64 Ki characters. The limits exist because redaction searches every text for every
 *   value.
 */
export function checkCredentials(definition: Declared, given: DnsCredentials): DnsCredentials {
  const known = definition.credentials.map((field) => field.name);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const fields = known.length === 0 ? 'it has none' : `its fields are ${known.join(', ')}`;
    throw invalidCredential(unknown.slice(0, 40), `is not a field of ${definition.name}: ${fields}`);
  }
  refuseTooMuch(given);
  const checked: Record<string, Json> = {};
  const replaced = replacedFields(definition, given);
  for (const field of definition.credentials) {
    const value = given[field.name];
    const trimmed = typeof value === 'string' ? value.trim() : value;
    if (isFilled(value)) {
      checked[field.name] = CHECKS[field.type](field, trimmed ?? null);
    } else if (field.default !== undefined) {
      checked[field.name] = field.default;
    } else if (field.required && !replaced.has(field.name)) {
      throw invalidCredential(field.name, `is missing: ${definition.name} needs it (${field.label})`);
    }
  }
  refuseTooMuch(checked); // pasted text may contain many values
  return checked;
}

function isFilled(value: Json | undefined): boolean {
  return value !== undefined && value !== null && (typeof value !== 'string' || value.trim() !== '');
}

/**
 * The required fields that are replaced by alternative fields.
 * @throws INVALID_REQUEST if both forms are given, or only a part of the alternative one
 */
function replacedFields({ name, credentials }: Declared, given: DnsCredentials): ReadonlySet<string> {
  const replaced = new Set<string>();
  for (const [original, fields] of Map.groupBy(credentials, (field) => field.alternativeTo)) {
    const filled = fields.filter((field) => isFilled(given[field.name]));
    const [first] = filled;
    if (original === undefined || first === undefined) continue;
    const labels = fields.map((field) => field.label).join(' and ');
    const lacking = fields.find((field) => !filled.includes(field));
    if (lacking !== undefined)
      throw invalidCredential(lacking.name, `is missing: ${name} needs ${labels} together`);
    if (isFilled(given[original]))
      throw invalidCredential(first.name, `cannot be combined with ${original}: send that, or ${labels}`);
    replaced.add(original);
  }
  return replaced;
}

function refuseTooMuch(credentials: DnsCredentials): void {
  for (const [field, value] of Object.entries(credentials)) {
    if (JSON.stringify(value).length > MAX_CHARACTERS)
      throw invalidCredential(field.slice(0, 40), 'is larger than 64 KiB');
    if (isObject(value) && countValues(value) > MAX_VALUES)
      throw invalidCredential(field.slice(0, 40), `contains more than ${MAX_VALUES} values`);
  }
}

/** Recursion is safe here, because JSON.stringify has already walked the value. */
function countValues(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, entry: Json) => sum + countValues(entry), 0);
}

/** Every value that must not appear in an error or a log line. */
export function secretValues(definition: Declared, credentials: DnsCredentials): readonly string[] {
  return definition.credentials
    .filter((field) => field.secret)
    .flatMap((field) => {
      const value = credentials[field.name];
      if (value === undefined || value === null) return [];
      return field.type === 'json' ? keysIn(value) : stringsIn(value);
    });
}

const CHECKS: Readonly<Record<CredentialField['type'], (field: CredentialField, value: Json) => Json>> = {
  text(field, value) {
    if (typeof value !== 'string') throw invalidCredential(field.name, 'must be a string');
    // Secrets go into HTTP headers, and the error for a character that is not allowed there would quote the secret. Folder
    // names may contain any letters.
    if (!(field.secret ? /^[\x20-\x7e]{1,10000}$/ : /^\P{Cc}{1,10000}$/u).test(value)) {
      throw invalidCredential(field.name, 'contains line breaks or other characters that are not allowed');
    }
    return value;
  },
  choice(field, value) {
    const choices = field.choices ?? [];
    if (typeof value === 'string' && choices.includes(value)) return value;
    throw invalidCredential(field.name, `must be one of ${choices.join(', ')}`);
  },
  json(field, value) {
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    if (isObject(parsed) && Object.values(parsed).every(isFlat)) return parsed;
    throw invalidCredential(field.name, 'must be a JSON object without objects in it');
  },
  lines(field, value) {
    const parsed = typeof value === 'string' ? parseLines(value) : value;
    if (isObject(parsed) && Object.values(parsed).every((entry) => typeof entry === 'string')) return parsed;
    throw invalidCredential(field.name, 'must be lines of the form NAME=value, or an object of strings');
  },
};

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Key files are flat, and deeply nested objects could exhaust the stack. */
function isFlat(value: Json): boolean {
  return typeof value !== 'object' || value === null || (Array.isArray(value) && value.every(isScalar));
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null; // its message would quote the secret
  }
}

function parseLines(text: string): Json {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line));
  if (!pairs.every((pair) => pair !== null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair[1] ?? '', unquoted((pair[2] ?? '').trim())]));
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

function stringsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Only the keys in a key file are secrets; error messages may need its names and addresses. */
function keysIn(value: Json): readonly string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => {
    if (typeof entry !== 'string') return keysIn(entry);
    return /key|secret|token|password|passphrase/i.test(name) && !/ur[il]$/i.test(name) ? [entry] : [];
  });
}
