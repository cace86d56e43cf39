// Splits PEM text with several certificates, as Certdesk stores chains and trusted roots.
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** One certificate each; text around them is ignored. */
export function splitPem(text: string): readonly string[] {
  return text.match(CERTIFICATE) ?? [];
}
