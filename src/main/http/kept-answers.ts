// Answers that are given once more while nothing that they follow from has changed: the same caller asks the same
// address, nobody has written to the database since (SQLite counts every commit, also those of other processes), and no
// moment has passed at which the answer would read otherwise. So an answer is never older than what is stored, and a
// revoked token's is gone with the revocation. docs/adr/0008-kept-answers.md says why.
import { hash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface KeptAnswers {
  /** Answers it here and now, where that may be. @returns whether it did. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /** Before anything is read for an answer. @returns what keeps it, called with a success. */
  begin(request: IncomingMessage): (answer: FreshAnswer) => void;
  /** Nothing is kept and nothing is answered any more. */
  stop(): void;
}

export interface FreshAnswer {
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  /** @returns from when on it would read otherwise though nothing is written; ms since 1970. */
  readonly sameUntil: (now: Date) => number;
}

export interface KeptAnswersDeps {
  /** Another number after every commit; null: that cannot be known, and nothing is kept. */
  readonly version: (() => number) | null;
  /** ms since 1970. */
  readonly now: () => number;
  /** For the log. */
  readonly told: (path: string) => void;
}

/** The use of a token is noted where its answers are made: it is not to come much later than that. In ms. */
const LONGEST_MS = 30_000;
/** Some 20 MB at most, with what one takes: see keyOf. */
const MAX_ANSWERS = 10_000;
const LONGEST_ADDRESS = 300;

interface Answer {
  readonly headers: string[];
  /** Its UTF-8, a character an octet: Node writes such a text far quicker than one that it has to encode each time. */
  readonly octets: string;
  readonly from: number;
  readonly until: number;
}

export function createKeptAnswers({ version, now, told }: KeptAnswersDeps): KeptAnswers {
  const answers = new Map<string, Answer>();
  const known = version && oncePerTurn(quietly(version));
  const fresh = version === null ? () => null : quietly(version);
  let at: number | null = null;
  let stopped = false;

  return {
    answer(request, response) {
      if (answers.size === 0) return false;
      const key = keyOf(request);
      if (key === null) return false;
      const current = known?.() ?? null;
      if (current !== at) {
        answers.clear();
        return false;
      }
      const kept = answers.get(key);
      const time = now();
      // Before `from` where the clock was set back.
      if (kept === undefined || time < kept.from || time >= kept.until) return false;
      response.writeHead(200, kept.headers).end(kept.octets, 'latin1');
      told(request.url ?? '');
      return true;
    },

    begin(request) {
      const key = keyOf(request);
      const began = key === null ? null : fresh();
      const from = now();
      return ({ headers, body, sameUntil }) => {
        // What was read is of `began` or later: where somebody wrote meanwhile, `began` is over and it is never given.
        if (stopped || key === null || began === null) return;
        if (began !== at || answers.size >= MAX_ANSWERS) answers.clear();
        at = began;
        const until = Math.min(sameUntil(new Date(from)), from + LONGEST_MS);
        const octets = Buffer.from(body).toString('latin1');
        answers.set(key, { headers: flat(headers, octets.length), octets, from, until });
      };
    },

    stop() {
      stopped = true;
      answers.clear();
    },
  };
}

/**
 * Null for a request that tells in another way who asks, whose answer may hang on more of it, or whose address is not
 * one that operations have: whoever makes up addresses is not to fill the memory. Of the token only a hash is kept.
 */
function keyOf({ method, url = '', headers }: IncomingMessage): string | null {
  const { host = '', authorization, cookie } = headers;
  if (method !== 'GET' || authorization === undefined || cookie !== undefined) return null;
  if (url.length + host.length > LONGEST_ADDRESS || url.includes('?')) return null;
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return null;
  return `${url} ${host} ${hash('sha256', authorization, 'base64')}`;
}

/**
 * To ask SQLite takes locks of files, ten times as long as all else here. Requests that are read in one turn of the
 * event loop came side by side with whatever is written in that turn: either order of them is a true one. For
 * requests only: what is asked while immediates run would be known until the end of the next turn.
 */
function oncePerTurn(version: () => number | null): () => number | null {
  let asked = false;
  let known: number | null = null;
  const forget = () => {
    asked = false;
  };
  return () => {
    if (!asked) {
      asked = true;
      known = version();
      setImmediate(forget);
    }
    return known;
  };
}

/** A database that cannot be read is no matter for here: the operation that reads it says so. */
function quietly(version: () => number): () => number | null {
  return () => {
    try {
      return version();
    } catch {
      return null;
    }
  };
}

function flat(headers: OutgoingHttpHeaders, length: number): string[] {
  const all = { ...headers, 'content-length': length };
  return Object.entries(all).flatMap(([name, value]) => [name, String(value)]);
}
