// Names the source of a certificate. The API's type `letsencrypt` stands for the default CA, in whose place
// --acme-directory may have put another one.
import { messages } from '../messages.ts';

/** @param cas Of GET /cas; empty until they are known. */
export function typeName(
  type: string,
  cas: readonly { readonly id: string; readonly name: string }[],
): string {
  const names: Readonly<Record<string, string>> = messages.certificates.types;
  return cas.find(({ id }) => id === type)?.name ?? names[type] ?? type;
}
