// Display names of jobs and their steps.

/** The steps of an issuance in the order of RFC 8555, with their display names. */
export const STEPS = {
  account: 'CA account',
  order: 'Order',
  authorization: 'Domain authorizations',
  challenge: 'Prepare challenge',
  'dns-propagation': 'Wait for DNS propagation',
  validation: 'Validation by the CA',
  finalize: 'Finalize order',
  certificate: 'Download and verify certificate',
  store: 'Store certificate',
  revoke: 'Revocation',
  'clean-up': 'Clean-up',
  retry: 'Retry',
} as const;
export type Step = keyof typeof STEPS;

export function isStep(word: string): word is Step {
  return Object.hasOwn(STEPS, word);
}

const JOB_NAMES = { obtain: 'Issuance', renew: 'Renewal', revoke: 'Revocation' } as const;

/**
 * Names the operation of a job for the beginning of a sentence. A dry run is not called an issuance, because it issues
 * nothing.
 */
export function jobName(input: { readonly kind: keyof typeof JOB_NAMES; readonly dryRun?: boolean }): string {
  return input.dryRun === true ? 'Dry run' : JOB_NAMES[input.kind];
}
