// Decides which URLs the window may show, load and open in the browser. Pure.

/** The origin of the page: a custom scheme, so that nothing is loaded over a network. */
export const APP_SCHEME = 'app';
const APP_HOST = 'certdesk';
export const PAGE = `${APP_SCHEME}://${APP_HOST}/index.html`;

/** The scheme of links to a project: `certdesk://project/ID`. */
export const LINK_SCHEME = 'certdesk';

/** Forbids network access, inline scripts and frames; the page uses IPC. */
export const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; frame-src 'none'; object-src 'none'; worker-src 'none'";

export function isOurPage(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${APP_SCHEME}:` && url.host === APP_HOST;
}

/** Whether the page may load a URL: its own files, data in the page itself, and the developer tools. */
export function mayLoad(address: string): boolean {
  return isOurPage(address) || /^(?:blob:app:\/\/certdesk\/|data:|devtools:)/.test(address);
}

/**
 * Whether a clicked link opens in the user's browser: https URLs, and pages of the local server.
 * @param server The local server, such as `http://127.0.0.1:7878`; null while it is not running
 */
export function opensInBrowser(address: string, server: string | null): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (server !== null && url.origin === new URL(server).origin);
}

/** @param projectId The project from a link or a notification; null for the start page. @returns the URL of the page */
export function pageOf(projectId: string | null): string {
  return projectId === null ? PAGE : urlOf(`/projects/${encodeURIComponent(projectId)}`);
}

/** @param route A route of the GUI: `/projects/ID`. @returns its URL in the window */
export const urlOf = (route: string): string => `${PAGE}#${route}`;

const PROJECT_ID = /^[A-Za-z0-9-]{1,64}$/;

/** @returns the project ID of a `certdesk://project/ID` link; null for anything else, because links are untrusted */
export function projectOfLink(link: string): string | null {
  const url = URL.parse(link);
  if (url?.protocol !== `${LINK_SCHEME}:` || url.host !== 'project') return null;
  const id = url.pathname.replace(/^\/|\/$/g, '');
  return PROJECT_ID.test(id) ? id : null;
}

/** Finds a link among the arguments of a second start. */
export function linkAmong(args: readonly string[]): string | null {
  return args.find((arg) => arg.startsWith(`${LINK_SCHEME}://`)) ?? null;
}
