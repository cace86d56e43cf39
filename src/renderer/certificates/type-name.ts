// Names the source of a certificate. The API's type `letsencrypt` stands for the default CA, which --acme-directory may
// have replaced.
import { certificates as certificateTexts } from '../messages/certificates.ts';

/** @param cas The answer of GET /cas; empty while it loads. */
export function typeName(
  type: string,
  cas: readonly { readonly id: string; readonly name: string }[],
): string {
  const names: Readonly<Record<string, string>> = certificateTexts.types;
  return cas.find(({ id }) => id === type)?.name ?? names[type] ?? type;
}
