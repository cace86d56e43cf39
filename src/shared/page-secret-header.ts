// The header with the page secret, without schemas: the first script of the GUI sends it.

/**
 * A session needs two secrets: a cookie and this header. Cookies ignore ports, so any server on the same host receives
 * the cookie; the page stores the second secret in storage of its origin, which includes the port.
 */
export const PAGE_SECRET_HEADER = 'certdesk-page-secret';
