// Converts addresses with custom schemes to https addresses that Chromium can load here, and back: app://certdesk/x is
// https://app--certdesk.test/x.

export function toChromium(address: string): string {
  return address.replace(/^([a-z]+):\/\/([a-z0-9.-]+)/, (all, scheme: string, host: string) =>
    ['http', 'https', 'file', 'data', 'about', 'devtools'].includes(scheme)
      ? all
      : `https://${scheme}--${host}.test`,
  );
}

export function fromChromium(address: string): string {
  return address.replace(/^(blob:)?https:\/\/([a-z]+)--([a-z0-9-]+)\.test/, '$1$2://$3');
}

/** The scheme that an address stands for; null for an ordinary one. */
export function schemeOf(address: string): string | null {
  return /^https:\/\/([a-z]+)--[a-z0-9-]+\.test/.exec(address)?.[1] ?? null;
}
