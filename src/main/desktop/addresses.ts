// Which addresses the window may have, ask and hand on. Pure.

/** The page in the window: a scheme of its own, so that nothing of it goes over a network. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'certdesk';
export const PAGE = `${APP_SCHEME}://${APP_HOST}/index.html`;

/** Links of the system to a project: `certdesk://project/ID`. */
export const LINK_SCHEME = 'certdesk';

/** No network at all, no inline script, no frames: the page talks by IPC. */
export const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; frame-src 'none'; object-src 'none'; worker-src 'none'";

export function isOurPage(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${APP_SCHEME}:` && url.host === APP_HOST;
}

/** What a page may load: its own files, what it holds itself, and the developer tools where they are open. */
export function mayLoad(address: string): boolean {
  return isOurPage(address) || /^(?:blob:app:\/\/certdesk\/|data:|devtools:)/.test(address);
}

/**
 * Whether a link that was clicked is opened in the user's browser: https, and the pages of our own local server.
 * @param server `http://127.0.0.1:7878`; null while it does not run
 */
export function opensInBrowser(address: string, server: string | null): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (server !== null && url.origin === new URL(server).origin);
}

/** The page of a project. @param id As the link or the notification names it; null: the page as it is first shown. */
export function pageOf(projectId: string | null): string {
  return projectId === null ? PAGE : `${PAGE}#/projects/${encodeURIComponent(projectId)}`;
}

const PROJECT_ID = /^[A-Za-z0-9-]{1,64}$/;

/** The project that a `certdesk://project/ID` link means; null for anything else, whoever has sent it. */
export function projectOfLink(link: string): string | null {
  const url = URL.parse(link);
  if (url?.protocol !== `${LINK_SCHEME}:` || url.host !== 'project') return null;
  const id = url.pathname.replace(/^\/|\/$/g, '');
  return PROJECT_ID.test(id) ? id : null;
}

/** The link among a program's arguments, as a second start hands them over. */
export function linkAmong(args: readonly string[]): string | null {
  return args.find((arg) => arg.startsWith(`${LINK_SCHEME}://`)) ?? null;
}
