// Lists ACME directories that CAs have moved or closed, which renewals can no longer use.

/** From the former URL to the current one. https://letsencrypt.org/docs/acme-v1-deprecation */
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

/** Returns the directory's current URL, which other clients switch to as well; the same URL if it has not moved. */
export function currentDirectory(url: string): string {
  return MOVED.get(url.trim()) ?? url.trim();
}

/** Returns the former URLs of a directory. */
export function formerDirectories(url: string): readonly string[] {
  return [...MOVED].filter(([, current]) => current === url).map(([before]) => before);
}

/** Returns the CA's name if it no longer issues certificates by ACME, else null. */
export function closedAuthority(url: string): string | null {
  return CLOSED.get(URL.parse(url)?.hostname ?? '') ?? null;
}
