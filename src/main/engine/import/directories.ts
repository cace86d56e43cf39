// Directories that CAs have moved or closed: a renewal cannot go there.

/** From the former address to the one that takes its place. https://letsencrypt.org/docs/acme-v1-deprecation */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['https://acme-v01.api.letsencrypt.org/directory', 'https://acme-v02.api.letsencrypt.org/directory'],
  [
    'https://acme-staging.api.letsencrypt.org/directory',
    'https://acme-staging-v02.api.letsencrypt.org/directory',
  ],
]);

/** CAs that have ended their ACME service, by host. */
const CLOSED: ReadonlyMap<string, string> = new Map([
  // https://www.buypass.com/products/tls-ssl-certificates/go-ssl
  ['api.buypass.com', 'Buypass'],
  ['api.test4.buypass.no', 'Buypass'],
]);

/** Where this directory is today, as the clients themselves go on: the same address where it has not moved. */
export function currentDirectory(url: string): string {
  return MOVED.get(url.trim()) ?? url.trim();
}

/** The addresses that a directory had before. */
export function formerDirectories(url: string): readonly string[] {
  return [...MOVED].filter(([, now]) => now === url).map(([before]) => before);
}

/** The CA's name where it issues no certificates by ACME any more; null where it may. */
export function closedAuthority(url: string): string | null {
  return CLOSED.get(URL.parse(url)?.hostname ?? '') ?? null;
}
