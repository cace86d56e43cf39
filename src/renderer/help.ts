// Which document explains which page. The server serves them (scripts/lib/docs-pages.ts); test/renderer/help.test.ts
// checks that each exists.
import type { RegisteredRouter } from '@tanstack/react-router';
import type { ProjectTab } from './projects/project-tabs.ts';

/** Former addresses only redirect. */
type Redirect = '/settings/notifications' | '/settings/backups';
type Route = Exclude<keyof RegisteredRouter['routesByPath'], `${string}/` | '' | Redirect> | '/';

/** A document below docs/ without its extension, with or without a heading. Each page needs one. */
export const HELP: Readonly<Record<Route, string>> = {
  '/': 'web-interface#the-overview',
  '/projects': 'renewal#which-fields-show-the-state',
  '/projects/$id': 'renewal',
  '/projects/$id/jobs/$jobId': 'troubleshooting#ca-and-validation',
  '/projects/$id/obtain': 'first-certificate#validation',
  '/projects/$id/upload': 'upload',
  '/projects/$id/deploy': 'deployments#recipes',
  '/new': 'first-certificate',
  '/new/upload': 'upload',
  '/import': 'import#import-a-folder',
  '/endpoints': 'endpoints',
  '/endpoints/$id': 'endpoints#what-does-it-report',
  '/simulation': 'simulation',
  '/incidents': 'incidents',
  '/incidents/$id': 'incidents#what-is-an-incident',
  '/dns-credentials': 'dns-providers#limit-a-saved-credential',
  '/hosts': 'deployments#model',
  '/hosts/new': 'tutorials/nginx-over-ssh#3-add-the-host',
  '/hosts/import': 'deployments#import-many-hosts',
  '/hosts/known-hosts': 'deployments#keys-from-known_hosts',
  '/hosts/$hostId': 'deployments#what-happens-on-the-host',
  '/hosts/$hostId/edit': 'tutorials/nginx-over-ssh#3-add-the-host',
  '/deployments': 'deployments',
  '/deployments/many': 'deployments#one-deployment-for-many-projects',
  '/deployments/$deploymentId': 'deployments#runs',
  '/deployments/$deploymentId/edit': 'deployments#recipes',
  '/activity': 'audit-trail',
  '/tokens': 'security#who-may-do-what',
  '/notifications': 'notifications',
  '/backups': 'backup',
  '/settings': 'settings#which-time-zone-applies',
  '/settings/renewals': 'renewal#when-does-certdesk-renew-a-certificate',
  '/settings/authorities': 'renewal#how-does-certdesk-stay-within-the-cas-rate-limits',
  '/settings/dns': 'settings#how-does-dns-01-wait-for-its-record',
  '/settings/network': 'https',
  '/settings/sessions': 'security#how-do-people-sign-in',
  '/settings/audit': 'audit-trail#how-long-are-entries-kept',
  '/about': 'index',
};

/** The tabs of a project that have a document of their own. */
export const HELP_OF_TAB: { readonly [Tab in ProjectTab]?: string } = {
  certificate: 'upload#what-happens-to-the-chain-and-the-key',
  deployments: 'deployments',
  api: 'fetch-certificates',
};

/** @returns the address of the document below the server's, `docs/renewal.html#when`; null for an unknown page */
export function helpFor(route: string, tab?: ProjectTab): string | null {
  const known: Readonly<Record<string, string>> = HELP;
  const doc = (tab && route === '/projects/$id' ? HELP_OF_TAB[tab] : undefined) ?? known[route];
  if (doc === undefined) return null;
  const [page, heading] = doc.split('#');
  return `docs/${page}.html${heading === undefined ? '' : `#${heading}`}`;
}
