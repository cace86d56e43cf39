// How endpoints are written, and the states of their last check. Without zod, for the page.

export const ENDPOINT_STATES = ['new', 'ok', 'warning', 'problem', 'unknown'] as const;

/** `mail.example.com:25`, `[2001:db8::1]:443` */
export function formatEndpoint({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
