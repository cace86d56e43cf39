// Validates the fields that a DNS provider declares, as the user types. The server validates again.
import type { DnsProviderInfo } from '../../shared/dns-credential.ts';
import { obtain as obtainTexts } from '../messages/obtain.ts';

const text = obtainTexts;

/** Error message by field; credential fields of a larger form are named `credentials.NAME`. */
export type FieldErrors = Record<string, string>;

/** Returns the credential fields that are filled in. */
export function filled(credentials: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(credentials).filter(([, value]) => value.trim() !== ''));
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

/** JSON is validated as it is typed; the server checks the rest. */
export function checkCredential(field: DnsProviderInfo['credentials'][number], value: string): string | null {
  if (field.type !== 'json' || value.trim() === '') return null;
  try {
    JSON.parse(value);
    return null;
  } catch {
    return text.badJson;
  }
}
