// One fault of a CA as data, and the proxy rule that applies it to a real Pebble's answers.
import type { AcmeGate, GateAnswer, GateEnd } from '../../acme/gate.ts';

/** The resources of RFC 8555 by Pebble's addresses; `alternate`: a certificate with another chain. */
const PATHS = {
  directory: /^\/dir$/,
  newNonce: /^\/nonce-plz/,
  newAccount: /^\/sign-me-up/,
  account: /^\/my-account\//,
  newOrder: /^\/order-plz/,
  order: /^\/my-order\//,
  authorization: /^\/authZ\//,
  challenge: /^\/chalZ\//,
  finalize: /^\/finalize-order\//,
  alternate: /^\/certZ\/.*\/alternate\//,
  certificate: /^\/certZ\//,
  revoke: /^\/revoke-cert/,
} as const;
export type Resource = keyof typeof PATHS;

function resourceOf(path: string): Resource | null {
  const found = Object.entries(PATHS).find(([, pattern]) => pattern.test(path));
  return (found?.[0] as Resource | undefined) ?? null;
}

export type AnswerFault = (answer: GateAnswer) => GateAnswer | GateEnd;

export interface Fault {
  readonly at: Resource;
  readonly change: AnswerFault;
  /** How many answers are changed; default: all. */
  readonly times?: number;
  /** Only if the JSON of the answer has this `status`. */
  readonly status?: string;
  /** Only after a request for that resource. */
  readonly after?: Resource;
  /** Only until that many requests for that resource. */
  readonly until?: readonly [Resource, number];
  /** The CA does not receive the request. */
  readonly withheld?: boolean;
}

export interface Counts {
  /** Orders that the CA has created. */
  orders: number;
  /** CSRs that the CA has received, whatever it answered. */
  finalizes: number;
}

export interface FaultyCa {
  readonly counts: Counts;
  /** How many answers were changed. */
  changed(): number;
  /** Whether the CSR was sent without a new validation. */
  hasReusedAuthorization(): boolean;
  /** Resolves after the first CSR. From then on, no request gets through if `afterCsr` is given. */
  readonly cut: Promise<void>;
  /** Lets requests through again. */
  reconnect(): void;
  stop(): void;
}

const NOTHING: GateAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };

/** The answer of a proxy that separates Certdesk from the CA. */
const PROXY: GateAnswer = {
  status: 407,
  headers: { 'content-type': 'text/html' },
  body: '<h1>Proxy authentication required</h1>',
};

/**
 * Applies the faults to all later answers.
 * @param afterCsr What happens to requests after the first CSR: a proxy refuses them, so the job fails, or they stay
 * without an answer, so the job is still at work when Certdesk stops.
 */
export function faultAnswers(
  gate: Pick<AcmeGate, 'keep'>,
  faults: readonly Fault[],
  afterCsr: 'refused' | 'silent' | null = null,
): FaultyCa {
  const counts: Counts = { orders: 0, finalizes: 0 };
  const asked = new Map<Resource, number>();
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  const cut = Promise.withResolvers<void>();
  let isCut = false;
  let mayCut = afterCsr !== null;
  let changed = 0;
  const isActive = (fault: Fault, resource: Resource): boolean => {
    if (fault.at !== resource || left.get(fault) === 0) return false;
    if (fault.after !== undefined && !asked.has(fault.after)) return false;
    return fault.until === undefined || (asked.get(fault.until[0]) ?? 0) <= fault.until[1];
  };
  gate.keep(async (path, pass) => {
    const resource = resourceOf(path);
    if (isCut) return afterCsr === 'silent' ? 'silent' : PROXY;
    if (resource === null) return pass();
    const active = faults.filter((fault) => isActive(fault, resource));
    asked.set(resource, (asked.get(resource) ?? 0) + 1);
    const withheld = active.some((fault) => fault.withheld === true);
    const ordersBefore = counts.orders;
    let answer: GateAnswer | GateEnd = withheld ? NOTHING : await pass();
    if (!withheld) {
      if (resource === 'newOrder' && answer.status === 201) counts.orders += 1;
      if (resource === 'finalize') counts.finalizes += 1;
    }
    if (resource === 'finalize' && !withheld && mayCut) {
      isCut = true;
      cut.resolve();
      return 'lost';
    }
    for (const fault of active) {
      if (typeof answer === 'string' || 'cut' in answer) break;
      // Pebble refuses one `replaces` in 256 on its own: no CA would answer that refusal with an order.
      if (resource === 'newOrder' && !withheld && counts.orders === ordersBefore) break;
      if (fault.status !== undefined && statusOf(answer) !== fault.status) continue;
      left.set(fault, (left.get(fault) ?? 0) - 1);
      changed += 1;
      answer = fault.change(answer);
    }
    return answer;
  });
  return {
    counts,
    changed: () => changed,
    hasReusedAuthorization: () => asked.has('finalize') && !asked.has('challenge'),
    cut: cut.promise,
    reconnect() {
      isCut = false;
      mayCut = false;
    },
    stop: () => gate.keep(null),
  };
}

function statusOf({ body }: GateAnswer): unknown {
  return body.startsWith('{') ? JSON.parse(body).status : undefined;
}

/** Overwrites members of the answer. */
export const set =
  (members: object): AnswerFault =>
  (answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...members }) });

export const without =
  (...names: readonly string[]): AnswerFault =>
  (answer) => {
    const kept = Object.entries(JSON.parse(answer.body)).filter(([name]) => !names.includes(name));
    return { ...answer, body: JSON.stringify(Object.fromEntries(kept)) };
  };

export const renamed =
  (from: string, to: string): AnswerFault =>
  (answer) => {
    const { [from]: value, ...others } = JSON.parse(answer.body);
    return { ...answer, body: JSON.stringify({ ...others, [to]: value }) };
  };

/** Adds members to every challenge of an authorization. */
export const setChallenges =
  (members: object): AnswerFault =>
  (answer) => {
    const { challenges = [], ...others } = JSON.parse(answer.body);
    return {
      ...answer,
      body: JSON.stringify({
        ...others,
        challenges: challenges.map((one: object) => ({ ...one, ...members })),
      }),
    };
  };

/** @param body The problem document, or what replaces it. */
export const refuse =
  (status: number, body: unknown): AnswerFault =>
  ({ headers }) => ({
    status,
    headers: { ...nonceOf(headers), 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
  });

export const malformed = (detail: string) => ({ type: 'urn:ietf:params:acme:error:malformed', detail });

export const text =
  (body: string, status = 200): AnswerFault =>
  ({ headers }) => ({ status, headers: { ...headers, 'content-type': 'text/plain' }, body });

/** Removes scheme and host from the URLs in this header. */
export const relative =
  (header: string): AnswerFault =>
  (answer) => ({
    ...answer,
    headers: { ...answer.headers, [header]: (answer.headers[header] ?? '').replace(/https:\/\/[^/]+/g, '') },
  });

export const lost: AnswerFault = () => 'lost';

function nonceOf(headers: GateAnswer['headers']): Record<string, string> {
  const nonce = headers['replay-nonce'];
  return nonce === undefined ? {} : { 'replay-nonce': nonce };
}

/** Rewrites the body of the answer. */
export const rewritten =
  (how: (body: string) => string): AnswerFault =>
  (answer) => ({ ...answer, body: how(answer.body) });

export const marked: AnswerFault = rewritten((body) => `\ufeff${body}`);

export const certificatesIn = (chain: string): readonly string[] =>
  chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/** Lists each authorization of an order twice. */
export const doubled: AnswerFault = (answer) => {
  const order = JSON.parse(answer.body);
  const { authorizations = [] } = order;
  return {
    ...answer,
    body: JSON.stringify({ ...order, authorizations: [...authorizations, ...authorizations] }),
  };
};

/** @param when The header value, or the delay in milliseconds, sent as a date. */
export const retryAfter =
  (when: string | number): AnswerFault =>
  (answer) => ({
    ...answer,
    headers: {
      ...answer.headers,
      'retry-after': typeof when === 'string' ? when : new Date(Date.now() + when).toUTCString(),
    },
  });

export const bothOf =
  (first: AnswerFault, second: AnswerFault): AnswerFault =>
  (answer) => {
    const changed = first(answer);
    return typeof changed === 'string' || 'cut' in changed ? changed : second(changed);
  };

export const withoutNonce = (answer: GateAnswer): GateAnswer => {
  const { 'replay-nonce': _, ...headers } = answer.headers;
  return { ...answer, headers };
};

/** @param hasNonce Whether the error has a new nonce, if the answer had one. */
export const badNonce =
  (status: number, hasNonce = true, namespace = 'urn:ietf:params:acme:error:'): AnswerFault =>
  ({ headers }) => ({
    status,
    headers: { ...(hasNonce ? nonceOf(headers) : {}), 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `${namespace}badNonce`, detail: 'JWS has an invalid anti-replay nonce' }),
  });
