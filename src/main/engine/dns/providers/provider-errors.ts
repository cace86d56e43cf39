// Creates a DNS provider's errors: the provider's message in one sentence, what to do about it, and no secret.
import type { DnsProviderDetails } from '../../core/error-details.ts';
import { CertdeskError } from '../../core/errors.ts';
import { oneLine, stripTags } from '../../core/outside-text.ts';
import type { Redactor } from './redact.ts';

/** Options of `refused`. */
export interface RefusalHints {
  /** Whether the credentials were rejected. Default: for status 401 and 403. */
  readonly credentials?: boolean;
  /** A sentence about what to do. */
  readonly advice?: string;
  /** The error stores only a redacted copy. */
  readonly cause?: unknown;
}

export interface ProviderErrors {
  /**
   * Creates the error for a refusal: DNS_CREDENTIALS_REJECTED for 401 and 403, with the required permissions in the
   * details, otherwise DNS_PROVIDER_REFUSED. Both contain the provider's `text`.
   */
  refused(answer: { readonly status: number }, text: string, hints?: RefusalHints): CertdeskError;
  /**
   * Creates the error for a provider that does not work.
   * @param text The rest of a sentence that starts with the provider's name.
   */
  unavailable(text: string, details?: Partial<DnsProviderDetails>, cause?: unknown): CertdeskError;
  /** The start of a response that is not JSON: one line, without tags and secrets. */
  excerpt(text: string): string;
}

/** Creates the error factory of one provider. Its redactor removes secrets from all texts. */
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
