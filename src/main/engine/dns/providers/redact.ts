// Redacts secrets in everything that leaves a DNS provider's code: messages, details, causes, stacks and log lines.
import { MAX_OUTSIDE_TEXT } from '../../core/outside-text.ts';
import type { Log } from '../../core/ports.ts';

export const REDACTED = '[redacted]';

/** Shorter values are not redacted: they are not secret enough, and redaction would remove ordinary words. */
const SHORTEST = 4;

export interface Redactor {
  /** Also redacts this value from now on, such as an access token. */
  add(secret: string): void;
  /**
   * Redacts all secrets in a text, whether plain, escaped for JSON, URL-encoded or in Base64. A text over MAX_OUTSIDE_TEXT
   * characters is cut, and a possible beginning of a secret at the cut is removed as well.
   */
  text(text: string): string;
  /**
   * Copies an error and its causes with only their redacted name, message, code and stack. SDK errors contain whole requests
   * with headers, so the original must never become a `cause`.
   */
  error(error: unknown): Error;
  /** Wraps a log so that every line is redacted. */
  log(log: Log): Log;
}

/** @param secrets The values to redact; too short ones are ignored. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set<string>();
  let ordered: readonly string[] | null = null;

  const add = (secret: string): void => {
    for (const part of [secret, ...longLines(secret)]) {
      for (const form of formsOf(part)) forms.add(form);
    }
    ordered = null;
  };
  for (const secret of secrets) add(secret);

  const text = (value: string): string => {
    // Longest first, because an encoded form may contain another one.
    ordered ??= [...forms].sort((a, b) => b.length - a.length);
    const isCut = value.length > MAX_OUTSIDE_TEXT;
    const shown = isCut ? value.slice(0, MAX_OUTSIDE_TEXT) : value;
    const clean = ordered.reduce((text, form) => text.replaceAll(form, REDACTED), shown);
    // Redacting lengthens a text at most REDACTED.length / SHORTEST times.
    return isCut ? clean.slice(0, Math.max(0, clean.length - 3 * (ordered[0]?.length ?? 0))) : clean;
  };

  const data = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(data);
    if (value instanceof Error) return error(value);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [text(key), data(entry)]));
  };

  const error = (value: unknown, depth = 0): Error => {
    if (!(value instanceof Error)) return new Error(text(String(value)));
    const cause = value.cause === undefined || depth > 4 ? undefined : error(value.cause, depth + 1);
    const copy = new Error(text(messageOf(value)), cause && { cause });
    copy.name = text(value.name);
    copy.stack = text(value.stack ?? '');
    return 'code' in value && typeof value.code === 'string'
      ? Object.assign(copy, { code: value.code })
      : copy;
  };

  const log = (sink: Log): Log => ({
    debug: (fields, message) => sink.debug(Object(data(fields)), text(message)),
    info: (fields, message) => sink.info(Object(data(fields)), text(message)),
    warn: (fields, message) => sink.warn(Object(data(fields)), text(message)),
    error: (fields, message) => sink.error(Object(data(fields)), text(message)),
  });

  return { add, text, error: (value) => error(value), log };
}

/** An AggregateError (every address refused the connection) has no message itself; its parts do. */
function messageOf(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== '') return error.message;
  return error.errors.map((part) => (part instanceof Error ? part.message : String(part))).join('; ');
}

/** The lines of a PEM key, because a parser may quote a single line. */
function longLines(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n|\\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'));
  return lines.length > 1 ? lines : [];
}

function formsOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST) return [];
  const url = encodeURIComponent(secret);
  const plain = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    url,
    url.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    url.replaceAll('%20', '+'),
  ];
  return [...new Set([...plain, ...base64Forms(secret)])];
}

/** The Base64 forms of the secret at each of the three offsets that it can have within `user:password`. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    // Only the characters that do not depend on neighbouring octets.
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    const inner = whole.toString('base64').slice(first, last);
    if (inner.length < 8) return [];
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(inner)];
  });
}
