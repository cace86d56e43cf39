// Limits of requests that need no authentication, for HTTP/1.1 and HTTP/2.

/** The maximum size of a body that the specification names. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The maximum size of the URL and all headers: Node's default for HTTP/1.1. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** How long a request may take to arrive, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 30_000;
