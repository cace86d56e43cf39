// Serves the page's files at app://certdesk from the installation. The page has no network access.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { Protocol, Session } from 'electron';
import { APP_SCHEME, isOurPage, mayLoad, PAGE_CSP } from '../desktop/addresses.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** Registers the scheme; must run before the application is ready. */
export function registerScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    // Like the page of a web server: relative URLs, modules, its own storage, a secure context.
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
}

/** Serves the page and refuses all other requests and permissions. @param folder out/renderer */
export function servePage(session: Session, folder: string): void {
  session.protocol.handle(APP_SCHEME, (request) => answer(request, folder));
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !mayLoad(url) }));
  // The page needs no camera, location or web notifications; it only needs to copy text.
  session.setPermissionRequestHandler((_, permission, decide) => decide(isNeeded(permission)));
  session.setPermissionCheckHandler((_, permission) => isNeeded(permission));
  session.setDevicePermissionHandler(() => false);
}

const isNeeded = (permission: string): boolean => permission === 'clipboard-sanitized-write';

async function answer(request: Request, folder: string): Promise<Response> {
  const path = pathOf(request.url);
  if (request.method !== 'GET' || path === null) return new Response(null, { status: 404 });
  try {
    const body = await readFile(join(folder, path));
    return new Response(new Uint8Array(body), {
      headers: {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        'Content-Security-Policy': PAGE_CSP,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'no-cache',
      },
    });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** @returns a path in the folder; null for a path outside of it, or another origin */
function pathOf(address: string): string | null {
  if (!isOurPage(address)) return null;
  try {
    const path = normalize(decodeURIComponent(new URL(address).pathname)).replace(/^[/\\]+/, '');
    return path.startsWith('..') || path.includes('\0') || path.split(sep).includes('..') ? null : path;
  } catch {
    return null;
  }
}
