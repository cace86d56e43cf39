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

export function resourceOf(path: string): Resource | null {
  const found = Object.entries(PATHS).find(([, pattern]) => pattern.test(path));
  return (found?.[0] as Resource | undefined) ?? null;
}

export type Bend = (answer: GateAnswer) => GateAnswer | GateEnd;

export interface Fault {
  readonly at: Resource;
  readonly bend: Bend;
  /** So many answers are bent; all where left out. */
  readonly times?: number;
  /** Only where the JSON of the answer has this `status`. */
  readonly status?: string;
  /** Only once the CA has been asked for that. */
  readonly after?: Resource;
  /** Only until the CA has been asked for that so many times. */
  readonly until?: readonly [Resource, number];
  /** The CA does not get the request. */
  readonly withheld?: boolean;
}

export interface Counts {
  /** Orders that the CA has made. */
  orders: number;
  /** CSRs that the CA has got, whatever it said. */
  finalizes: number;
}

export interface FaultyCa {
  readonly counts: Counts;
  /** How many answers were bent. */
  bent(): number;
  /** Whether the CSR was sent though nothing had to be proved. */
  hasReusedAuthorization(): boolean;
  /** Resolves when the first CSR has come: from then on, with `cut`, nothing comes through any more. */
  readonly cut: Promise<void>;
  /** Everything comes through again. */
  mend(): void;
  stop(): void;
}

const NOTHING: GateAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };

/** Somebody between Certdesk and the CA, who keeps both apart. */
const PROXY: GateAnswer = {
  status: 407,
  headers: { 'content-type': 'text/html' },
  body: '<h1>Proxy authentication required</h1>',
};

/** Bends every later answer that one of the faults is about. @param cutAfterCsr The CA is out of reach from then on. */
export function bendAnswers(
  gate: Pick<AcmeGate, 'keep'>,
  faults: readonly Fault[],
  cutAfterCsr = false,
): FaultyCa {
  const counts: Counts = { orders: 0, finalizes: 0 };
  const asked = new Map<Resource, number>();
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Number.POSITIVE_INFINITY]));
  const cut = Promise.withResolvers<void>();
  let isCut = false;
  let mayCut = cutAfterCsr;
  let bent = 0;
  const isActive = (fault: Fault, resource: Resource): boolean => {
    if (fault.at !== resource || left.get(fault) === 0) return false;
    if (fault.after !== undefined && !asked.has(fault.after)) return false;
    return fault.until === undefined || (asked.get(fault.until[0]) ?? 0) <= fault.until[1];
  };
  gate.keep(async (path, pass) => {
    const resource = resourceOf(path);
    if (isCut) return PROXY;
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
      // Pebble refuses one `replaces` in 256 of its own accord: a refusal made into an order would be no CA's behaviour.
      if (resource === 'newOrder' && !withheld && counts.orders === ordersBefore) break;
      if (fault.status !== undefined && statusOf(answer) !== fault.status) continue;
      left.set(fault, (left.get(fault) ?? 0) - 1);
      bent += 1;
      answer = fault.bend(answer);
    }
    return answer;
  });
  return {
    counts,
    bent: () => bent,
    hasReusedAuthorization: () => asked.has('finalize') && !asked.has('challenge'),
    cut: cut.promise,
    mend() {
      isCut = false;
      mayCut = false;
    },
    stop: () => gate.keep(null),
  };
}

function statusOf({ body }: GateAnswer): unknown {
  return body.startsWith('{') ? JSON.parse(body).status : undefined;
}

/** Members in place of the answer's own. */
export const set =
  (members: object): Bend =>
  (answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...members }) });

export const without =
  (...names: readonly string[]): Bend =>
  (answer) => {
    const kept = Object.entries(JSON.parse(answer.body)).filter(([name]) => !names.includes(name));
    return { ...answer, body: JSON.stringify(Object.fromEntries(kept)) };
  };

export const renamed =
  (from: string, to: string): Bend =>
  (answer) => {
    const { [from]: value, ...others } = JSON.parse(answer.body);
    return { ...answer, body: JSON.stringify({ ...others, [to]: value }) };
  };

/** What every challenge of an authorization has besides. */
export const setChallenges =
  (members: object): Bend =>
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

/** @param body The problem document, or whatever stands in its place. */
export const refuse =
  (status: number, body: unknown): Bend =>
  ({ headers }) => ({
    status,
    headers: { ...nonceOf(headers), 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
  });

export const malformed = (detail: string) => ({ type: 'urn:ietf:params:acme:error:malformed', detail });

export const text =
  (body: string, status = 200): Bend =>
  ({ headers }) => ({ status, headers: { ...headers, 'content-type': 'text/plain' }, body });

/** The addresses in this header without scheme and host. */
export const relative =
  (header: string): Bend =>
  (answer) => ({
    ...answer,
    headers: { ...answer.headers, [header]: (answer.headers[header] ?? '').replace(/https:\/\/[^/]+/g, '') },
  });

export const lost: Bend = () => 'lost';

function nonceOf(headers: GateAnswer['headers']): Record<string, string> {
  const nonce = headers['replay-nonce'];
  return nonce === undefined ? {} : { 'replay-nonce': nonce };
}

/** The body of the answer, rewritten. */
export const rewritten =
  (how: (body: string) => string): Bend =>
  (answer) => ({ ...answer, body: how(answer.body) });

export const marked: Bend = rewritten((body) => `\ufeff${body}`);

export const certificatesIn = (chain: string): readonly string[] =>
  chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/** Each authorization of an order twice. */
export const doubled: Bend = (answer) => {
  const order = JSON.parse(answer.body);
  const { authorizations = [] } = order;
  return {
    ...answer,
    body: JSON.stringify({ ...order, authorizations: [...authorizations, ...authorizations] }),
  };
};

/** @param when The field as it stands, or the date in so many ms. */
export const retryAfter =
  (when: string | number): Bend =>
  (answer) => ({
    ...answer,
    headers: {
      ...answer.headers,
      'retry-after': typeof when === 'string' ? when : new Date(Date.now() + when).toUTCString(),
    },
  });

export const bothOf =
  (first: Bend, second: Bend): Bend =>
  (answer) => {
    const bent = first(answer);
    return typeof bent === 'string' || 'cut' in bent ? bent : second(bent);
  };

export const withoutNonce = (answer: GateAnswer): GateAnswer => {
  const { 'replay-nonce': _, ...headers } = answer.headers;
  return { ...answer, headers };
};

/** @param hasNonce Whether a new one comes with it, where the answer had one. */
export const badNonce =
  (status: number, hasNonce = true, namespace = 'urn:ietf:params:acme:error:'): Bend =>
  ({ headers }) => ({
    status,
    headers: { ...(hasNonce ? nonceOf(headers) : {}), 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `${namespace}badNonce`, detail: 'JWS has an invalid anti-replay nonce' }),
  });
