// The path below which a reverse proxy publishes this server. The proxy removes it from requests, so that Certdesk only
// has to add it to the addresses that its answers name.
import type { FastifyRequest } from 'fastify';
import { trimEndOf } from '../engine/core/outside-text.ts';

/** Segments of unreserved characters (RFC 3986 section 2.3): anything else could lead to another host. */
const PREFIX = /^(?:\/[\w.~-]+)+$/;
const LONGEST = 200;

/**
 * @returns `/certdesk`, from X-Forwarded-Prefix (as Traefik and Spring use it); an empty string if the header is
 * missing or no path. It decides no access: a client that sends it changes only its own answer.
 */
export function readForwardedPrefix({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const given = headers['x-forwarded-prefix'];
  if (typeof given !== 'string' || given.length > LONGEST) return '';
  const prefix = trimEndOf(given, '/');
  return PREFIX.test(prefix) && !/\/\.\.?(?:\/|$)/.test(prefix) ? prefix : '';
}
