// Reads the path below which a reverse proxy publishes this server. The proxy removes it from requests, so Certdesk
// only adds it to URLs in responses.
import type { FastifyRequest } from 'fastify';
import { trimEndOf } from '../engine/core/outside-text.ts';

/** Segments of unreserved characters (RFC 3986 section 2.3). Other characters could form a URL of another host. */
const PREFIX = /^(?:\/[\w.~-]+)+$/;
const LONGEST = 200;

/**
 * Reads X-Forwarded-Prefix, the header of Traefik and Spring. No access decision depends on it: a client that sends it
 * changes only its own response.
 * @returns a path such as `/certdesk`; an empty string if the header is missing or invalid
 */
export function readForwardedPrefix({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const given = headers['x-forwarded-prefix'];
  if (typeof given !== 'string' || given.length > LONGEST) return '';
  const prefix = trimEndOf(given, '/');
  return PREFIX.test(prefix) && !/\/\.\.?(?:\/|$)/.test(prefix) ? prefix : '';
}
