// The values by which the project list can be filtered and sorted.

export const CERTIFICATE_TYPES = ['letsencrypt', 'acme', 'custom'] as const;
export const CERTIFICATE_STATES = ['valid', 'expiring_soon', 'expired', 'revoked'] as const;
export const PROJECT_STATES = [...CERTIFICATE_STATES, 'none'] as const;
/** Groups of projects by what needs to be done, or is being done. */
export const PROJECT_NEEDS = ['attention', 'in_progress', 'not_issued'] as const;
export const PROJECT_SORTS = ['created', 'name', 'domain', 'expiry', 'next_renewal'] as const;
export const ORDERS = ['asc', 'desc'] as const;
