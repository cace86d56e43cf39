// The errors of a DNS provider: its own words in one sentence, what to do, and no secret.
import type { DnsProviderDetails } from '../../core/error-details.ts';
import { CertdeskError } from '../../core/errors.ts';
import { oneLine, stripTags } from '../../core/outside-text.ts';
import type { Redactor } from './redact.ts';

/** What `refused` is told beside the provider's text. */
export interface RefusalHints {
  /** Whether it is about the credentials; where left out: 401 and 403. */
  readonly credentials?: boolean;
  /** A sentence that says what to do. */
  readonly advice?: string;
  /** Only a redacted copy of it is kept. */
  readonly cause?: unknown;
}

export interface ProviderErrors {
  /**
   * The error to throw for an answer that says no: DNS_CREDENTIALS_REJECTED for 401 and 403, with the permissions
   * that are needed in details, else DNS_PROVIDER_REFUSED. Both hold the provider's own `text`.
   */
  refused(answer: { readonly status: number }, text: string, hints?: RefusalHints): CertdeskError;
  /**
   * The error to throw where the provider does not work.
   * @param text The rest of a sentence that begins with the provider's name.
   */
  unavailable(text: string, details?: Partial<DnsProviderDetails>, cause?: unknown): CertdeskError;
  /** The beginning of an answer that is no JSON: one line, no tags, no secrets. */
  excerpt(text: string): string;
}

export function createProviderErrors(
  provider: { readonly name: string; readonly permissions: string },
  redactor: Redactor,
): ProviderErrors {
  const causeOf = (cause: unknown) => (cause === undefined ? undefined : { cause: redactor.error(cause) });
  return {
    refused(answer, text, hints = {}) {
      const credentials = hints.credentials ?? (answer.status === 401 || answer.status === 403);
      const said = sentence(redactor.text(text));
      const what = credentials ? 'credentials' : 'request';
      return new CertdeskError(
        credentials ? 'DNS_CREDENTIALS_REJECTED' : 'DNS_PROVIDER_REFUSED',
        [`${provider.name} refused the ${what}: ${said}`, hints.advice ?? ''].join(' ').trim(),
        {
          provider: provider.name,
          status: answer.status,
          answer: said,
          ...(credentials ? { permissions: provider.permissions } : {}),
        },
        causeOf(hints.cause),
      );
    },
    unavailable: (text, details = {}, cause = undefined) =>
      new CertdeskError(
        'DNS_PROVIDER_UNAVAILABLE',
        `${provider.name} ${sentence(redactor.text(text))} Try again later.`,
        { provider: provider.name, ...details },
        causeOf(cause),
      ),
    excerpt(text) {
      const line = oneLine(stripTags(redactor.text(text)));
      return line === '' ? '(nothing)' : line.slice(0, 200);
    },
  };
}

function sentence(text: string): string {
  const line = oneLine(text);
  const cut = line.length > 600 ? `${line.slice(0, 600)}…` : line;
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}
