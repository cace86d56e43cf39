// The condition of Certdesk's own HTTPS to notify about: it does not serve the certificate of the chosen project.
import type { HttpsState } from '../../../shared/https.ts';
import { needsAttention } from '../https/https.ts';
import type { Condition } from './conditions.ts';

/** None if HTTPS is off, or works as chosen. */
export function findHttpsConditions(https: HttpsState | null): readonly Condition[] {
  if (https === null || !needsAttention(https)) return [];
  const cause = `HTTPS of Certdesk itself: ${https.message}`;
  const state = { key: 'https', kind: 'not_served', severity: 'warning', projectId: null } as const;
  return [
    {
      ...state,
      item: async () => ({
        projectId: null,
        domain: null,
        cause,
        expiresAt: null,
        page: '/settings/network',
      }),
    },
  ];
}
