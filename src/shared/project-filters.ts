// The words of the project list: what it is filtered and sorted by.

export const CERTIFICATE_TYPES = ['letsencrypt', 'acme', 'custom'] as const;
export const CERTIFICATE_STATES = ['valid', 'expiring_soon', 'expired', 'revoked'] as const;
export const PROJECT_STATES = [...CERTIFICATE_STATES, 'none'] as const;
/** What is to be done about a project, or is being done. */
export const PROJECT_NEEDS = ['attention', 'in_progress', 'not_issued'] as const;
export const PROJECT_SORTS = ['created', 'name', 'domain', 'expiry', 'next_renewal'] as const;
export const ORDERS = ['asc', 'desc'] as const;
