// Parses request bodies: JSON in UTF-8, or in the character set that the request names.
import { MIMEType } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CertdeskError } from '../engine/core/errors.ts';

/** Accepts an empty body with `Content-Type: application/json`, which clients send, for example, to renew. */
export function addJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain'); // Fastify's default parser; bodies are JSON
  app.addHook('onRequest', async ({ headers }) => refuseEncoded(headers['content-encoding']));
  const parse = app.getDefaultJsonParser('error', 'error');
  addTextBodies(app, (request, text, done) => {
    if (text === '') done(null, undefined);
    else parse(request, text, (error, body) => (error ? done(explainJson(text)) : done(null, body)));
  });
}

/**
 * Includes JSON subtypes such as application/merge-patch+json (RFC 7396), the format of PATCH here. A browser sends
 * none of these types to another origin without a preflight request.
 */
const JSON_TYPES = /^(?:application|text)\/(?:[\w.-]{1,60}\+)?json\s*(?:;|$)/i;

/** Explains what is wrong and where. Quotes at most one character of the body, which may contain secrets. */
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

/** @param parse Converts the text of a body to the value for the handlers. */
export function addTextBodies(
  app: FastifyInstance,
  parse: (request: FastifyRequest, text: string, done: Done) => void,
): void {
  app.removeContentTypeParser('application/json'); // Fastify's default parser, which would take precedence
  app.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      parse(request, decodeBody(Buffer.from(body), request.headers['content-type']), done);
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws UNSUPPORTED_MEDIA_TYPE for compressed bodies; no request is large enough to need compression */
function refuseEncoded(encoding: string | undefined): void {
  if (encoding === undefined || ['', 'identity'].includes(encoding.trim().toLowerCase())) return;
  throw new CertdeskError(
    'UNSUPPORTED_MEDIA_TYPE',
    'Compressed bodies are not accepted. Send plain JSON, without Content-Encoding.',
  );
}

/**
 * Decodes a body, without a byte order mark. RFC 8259 section 8.1 requires UTF-8; another character set is used only if
 * Content-Type names it, because a wrong guess would store wrong letters.
 * @throws INVALID_REQUEST if the bytes are invalid in the character set, UNSUPPORTED_MEDIA_TYPE for an unknown one
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

/** @returns UTF-8 if the header names no character set or is invalid */
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
