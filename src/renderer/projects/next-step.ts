// Returns a project's next step with its reason, for the list.

import { certificates as certificateTexts } from '../messages/certificates.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import type { ProjectRowData } from './use-project-list.ts';

const text = projectTexts;

export interface NextStep {
  readonly what: string;
  /** When it happens; null if the user has to act. */
  readonly at: string | null;
  readonly why: string | null;
}

export function nextOf({
  certificate,
  domain,
  renewal,
  runningJobId,
  obtainFailure,
  uncovered,
}: ProjectRowData): NextStep {
  if (runningJobId !== null) return { what: text.working, at: null, why: null };
  if (certificate === null) {
    if (obtainFailure !== null)
      return { what: text.next.obtainAgain, at: null, why: briefly(obtainFailure.error) };
    return { what: domain === null ? text.next.setDomain : text.next.obtain, at: null, why: null };
  }
  if (certificate.status === 'revoked') return { what: text.next.replace, at: null, why: null };
  if (uncovered !== null) {
    return { what: text.next.replace, at: null, why: certificateTexts.uncovered(uncovered) };
  }
  if (certificate.type === 'custom') return { what: text.next.upload, at: null, why: text.expiresUnattended };
  if (!certificate.autoRenew) return { what: text.next.renewManually, at: null, why: text.autoRenewOff };
  if (renewal !== null && renewal.failures > 0) {
    return { what: text.next.retry, at: renewal.nextAttemptAt, why: text.failed(renewal.failures) };
  }
  const why = renewal?.provider === 'manual' ? certificateTexts.sentence.manual : (renewal?.reason ?? null);
  return { what: text.next.renew, at: renewal?.nextAttemptAt ?? null, why };
}

/**
 * Shortens `HTTP-01 challenge failed: Could not …` to `HTTP-01 challenge failed`; the project's page shows the rest.
 */
function briefly(error: string): string {
  return error.split(': ', 1)[0] ?? error;
}
