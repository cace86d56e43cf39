// An unreliable network and CA, reproducible by seed: the gate before Pebble makes a share of the requests fail in one of
// the ways below.
import { setTimeout as pause } from 'node:timers/promises';
import type { GateAnswer, GateEnd, GateKeeper } from '../acme/gate.ts';

type Pass = () => Promise<GateAnswer>;
type Fault = (pass: Pass) => Promise<GateAnswer | GateEnd>;

const HTML = '<html><body><h1>Bad gateway</h1></body></html>';
const page = (status: number, headers: Readonly<Record<string, string>> = {}): GateAnswer => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: HTML,
});

/** As Let's Encrypt words them (letsencrypt.org/docs/rate-limits), and RFC 8555 section 6.7. */
export const problem = (
  status: number,
  type: string,
  {
    detail = 'from the gate',
    headers = {},
  }: Partial<{ detail: string; headers: Record<string, string> }> = {},
): GateAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail, status }),
});

/** Name -> what it does to a request. The first half of them do not pass the request to Pebble. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'not arrived': async () => 'lost',
  'RST before': async () => 'reset',
  '500 problem': async () => problem(500, 'serverInternal', { detail: 'Error creating new order' }),
  '502 page': async () => page(502),
  '503 page, Retry-After 1': async () => page(503, { 'retry-after': '1' }),
  '429 rateLimited, Retry-After 1': async () =>
    problem(429, 'rateLimited', {
      detail:
        'Service busy; retry later: see https://letsencrypt.org/docs/rate-limits/#overall-requests-limit',
      headers: { 'retry-after': '1' },
    }),
  badNonce: async () => problem(400, 'badNonce', { detail: 'JWS has an invalid anti-replay nonce' }),
  delayed: async (pass) => {
    await pause(150);
    return pass();
  },
  'answer lost': async (pass) => {
    await pass();
    return 'lost';
  },
  'RST after': async (pass) => {
    await pass();
    return 'reset';
  },
  'answer cut in its middle': async (pass) => ({ cut: await pass() }),
  'JSON cut off': async (pass) => {
    const answer = await pass();
    return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
  },
  'no JSON': async (pass) => ({ ...(await pass()), body: '}{' }),
  'wrong content type': async (pass) => {
    const answer = await pass();
    return { ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } };
  },
};

export interface FaultyNetwork {
  readonly keeper: GateKeeper;
  /** How often each fault occurred. */
  readonly done: ReadonlyMap<string, number>;
  /** Requests sent before the Retry-After of the last answer at their path had passed. */
  readonly early: readonly string[];
  /** Forgets each Retry-After, for a new client that has received none. */
  forget(): void;
}

/** @param share Of the requests that fail, 0 to 1. @param random A seeded generator, 0 to 1. */
export function createFaultyNetwork(share: number, random: () => number): FaultyNetwork {
  const done = new Map<string, number>();
  const early: string[] = [];
  const notBefore = new Map<string, { readonly until: number }>();
  const names = Object.keys(FAULTS);
  return {
    done,
    early,
    forget: () => notBefore.clear(),
    keeper(path, pass) {
      const retryAfter = notBefore.get(path);
      const now = performance.now();
      // One issuance at a time sends one request at a time to a path, so none is under way during an answer.
      if (retryAfter !== undefined && now < retryAfter.until) early.push(path);
      if (retryAfter !== undefined && now >= retryAfter.until) notBefore.delete(path);
      if (random() >= share) return null;
      const name = names[Math.floor(random() * names.length)] ?? '';
      done.set(name, (done.get(name) ?? 0) + 1);
      if (name.includes('Retry-After 1')) notBefore.set(path, { until: now + 950 });
      return FAULTS[name]?.(pass) ?? null;
    },
  };
}
