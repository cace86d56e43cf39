// Bodies of requests: JSON, in UTF-8 or in the character set that the request names.
import { MIMEType } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CertdeskError } from '../engine/core/errors.ts';

/** Clients send `Content-Type: application/json` with no body, for example to renew: that is no error. */
export function addJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain'); // Fastify's own: bodies are JSON
  app.addHook('onRequest', async ({ headers }) => refuseEncoded(headers['content-encoding']));
  const parse = app.getDefaultJsonParser('error', 'error');
  addTextBodies(app, (request, text, done) => {
    if (text === '') done(null, undefined);
    else parse(request, text, (error, body) => (error ? done(explainJson(text)) : done(null, body)));
  });
}

/**
 * Kinds of JSON too, such as application/merge-patch+json (RFC 7396), which a PATCH here is. None of them is a type that
 * a browser sends to another origin without asking first.
 */
const JSON_TYPES = /^(?:application|text)\/(?:[\w.-]{1,60}\+)?json\s*(?:;|$)/i;

/** What is wrong where; nothing of the body is quoted but one character. */
function explainJson(text: string): CertdeskError {
  const reason = reasonOf(text);
  return new CertdeskError('INVALID_REQUEST', `The body is not valid JSON${reason}.`, { issues: [] });
}

function reasonOf(text: string): string {
  try {
    JSON.parse(text);
    return ': it has a member __proto__ or constructor, which is not accepted';
  } catch (error) {
    const { message } = error as SyntaxError;
    const place = /\(line (\d+) column (\d+)\)/.exec(message);
    const at = place === null ? '' : ` at line ${place[1]}, column ${place[2]}`;
    return `${at}: ${hintFor(message, text)}`;
  }
}

function hintFor(message: string, text: string): string {
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const character = /^Unexpected token '(.)'/u.exec(message)?.[1] ?? text[position] ?? '';
  if (message.startsWith('Bad control')) return 'write a line break or tab in a string as \\n or \\t';
  if (/end of JSON|Unterminated/.test(message)) return 'it ends too early';
  if (character === "'") return 'names and strings need double quotes';
  if (character === '}' || character === ']') return 'no comma is allowed before } or ]';
  if (character === '/') return 'JSON has no comments';
  if (message.startsWith('Bad escaped')) return 'write a backslash in a string as \\\\';
  return character === '' ? 'something is missing' : `${JSON.stringify(character)} is not allowed there`;
}

type Done = (error: Error | null, body?: unknown) => void;

/** @param parse Makes of a body's text what handlers get. */
export function addTextBodies(
  app: FastifyInstance,
  parse: (request: FastifyRequest, text: string, done: Done) => void,
): void {
  app.removeContentTypeParser('application/json'); // Fastify's own, which would come first
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      parse(request, decodeBody(Buffer.from(body), request.headers['content-type']), done);
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws UNSUPPORTED_MEDIA_TYPE for compressed bodies: nothing here is large enough to need it. */
function refuseEncoded(encoding: string | undefined): void {
  if (encoding === undefined || ['', 'identity'].includes(encoding.trim().toLowerCase())) return;
  throw new CertdeskError(
    'UNSUPPORTED_MEDIA_TYPE',
    'Compressed bodies are not accepted. Send plain JSON, without Content-Encoding.',
  );
}

/**
 * The text of a body, without a byte order mark. RFC 8259 section 8.1 wants UTF-8; another character set is honoured
 * where Content-Type names it. Guessing would store wrong letters.
 * @throws INVALID_REQUEST where the octets are not of that character set, UNSUPPORTED_MEDIA_TYPE for an unknown one.
 */
export function decodeBody(body: Buffer, contentType: string | undefined): string {
  const decoder = createDecoder(charsetOf(contentType));
  try {
    return decoder.decode(body);
  } catch {
    const advice =
      decoder.encoding === 'utf-8'
        ? "Encode it as UTF-8, or name its character set in Content-Type (in PowerShell 5.1: -ContentType 'application/json; charset=utf-8')"
        : 'Content-Type names a character set that the body does not have';
    throw new CertdeskError(
      'INVALID_REQUEST',
      `The body is not ${decoder.encoding.toUpperCase()}. ${advice}.`,
      {
        issues: [],
      },
    );
  }
}

/** UTF-8 where the header names no character set, or is none. */
function charsetOf(contentType: string | undefined): string {
  try {
    return new MIMEType(contentType ?? '').params.get('charset') ?? 'utf-8';
  } catch {
    return 'utf-8';
  }
}

function createDecoder(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw new CertdeskError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The character set ${JSON.stringify(charset)} is unknown. Send the body in UTF-8.`,
    );
  }
}
