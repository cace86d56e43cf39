// Names every transition of an engine: each write to its database and its secret store, before and after the commit,
// and each call to a CA, before it is sent and after its answer. A test ends the process at one of them.
import type { AcmeClient, AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import type { OrderRecord } from '../../../src/main/engine/core/model.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import type { EnginePorts } from '../../../src/main/engine/engine.ts';

/** Called at each transition, synchronously: it completes before the work continues. */
export type At = (name: string) => void;

/** Stores whose writes belong to no job: heartbeats, sessions, sent notifications. */
const ASIDE = new Set(['settings', 'sessions', 'notifications', 'overview', 'tokens', 'audit', 'events']);
/** Reads of the stores; any other method counts as a write. What is only read depends on who reads meanwhile. */
const READS =
  /^(get|list|find|by[A-Z]|of[A-Z]|active$|versions|removed|like|due|toAsk|unfinished|all|times|most|after|last|latest|first|anyToPurge|usedBy|count|facets|targets|claimsOn|states|inStates|with[A-Z]|unsettled|generationsToForget|running|nextDue|facts|behind|bound|expected|isManaged|idsWithTags|projectsWithout|projectsSince|alarmed|metered|renewed|served|forbidden|acknowledged)/;

export function watchTransitions(ports: EnginePorts, at: At): EnginePorts {
  return {
    ...ports,
    stores: watchStores(ports.stores, at),
    secrets: watched(
      ports.secrets,
      ['set', 'delete'],
      (method, [name]) => `secret ${method} ${kindOf(name)}`,
      at,
    ),
    acme: watchAcme(ports.acme, at),
  };
}

type Method = (...given: unknown[]) => Promise<unknown>;

/** Wraps the named methods of an object, and reports before and after each call. */
function watched<T extends object>(
  object: T,
  methods: readonly string[] | ((name: string) => boolean),
  nameOf: (method: string, given: readonly unknown[]) => string,
  at: At,
): T {
  const wanted = typeof methods === 'function' ? methods : (name: string) => methods.includes(name);
  return new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || typeof value !== 'function' || !wanted(key)) return value;
      const call: Method = async (...given) => {
        const name = nameOf(key, given);
        at(`before ${name}`);
        const result: unknown = await Reflect.apply(value, target, given);
        at(`after ${name}`);
        return result;
      };
      return call;
    },
  });
}

function watchStores(stores: Stores, at: At): Stores {
  const known = new Map<string, OrderRecord>();
  const nameOf = (store: string, method: string, given: readonly unknown[]): string =>
    store === 'orders' && method === 'put'
      ? `order ${changeOf(given[0] as OrderRecord, known)}`
      : `${store} ${method}${detailOf(given.at(-1))}`;
  const each = (of: Stores, hook: At): Stores => ({
    ...of,
    ...Object.fromEntries(
      Object.entries(of)
        .filter(([name, store]) => typeof store === 'object' && !ASIDE.has(name))
        .map(([name, store]) => [
          name,
          watched(
            store as object,
            (method) => !READS.test(method),
            (method, given) => nameOf(name, method, given),
            hook,
          ),
        ]),
    ),
  });
  return {
    ...each(stores, at),
    async transaction(work) {
      const done: string[] = [];
      const note: At = (name) => void (name.startsWith('after ') && done.push(name.slice(6)));
      const result = await stores.transaction(async (tx) => {
        const given = await work(each(tx, note));
        if (done.length > 0) at(`before ${done.join(' + ')}`);
        return given;
      });
      if (done.length > 0) at(`after ${done.join(' + ')}`);
      return result;
    },
  };
}

/** The fields of an order that a write changes: `url`, `key`, `challenge presented` … */
function changeOf(order: OrderRecord, known: Map<string, OrderRecord>): string {
  const before = known.get(order.jobId);
  known.set(order.jobId, order);
  const words: string[] = [];
  if (order.accountId !== (before?.accountId ?? '')) words.push('account');
  if (order.url !== (before?.url ?? null)) words.push('url');
  if (order.keySealed !== null && (before?.keySealed ?? null) === null) words.push('key');
  for (const challenge of order.challenges) {
    const last = before?.challenges.find(({ challengeUrl }) => challengeUrl === challenge.challengeUrl);
    if (last?.state !== challenge.state) words.push(`challenge ${challenge.state}`);
    else if (JSON.stringify(last.ref) !== JSON.stringify(challenge.ref)) words.push('challenge ref');
  }
  // What is written together with the key depends on timing, because the key is generated concurrently.
  const others = words.filter((word) => word !== 'key');
  return (others.length > 0 ? others : words).join(', ') || 'again';
}

function detailOf(patch: unknown): string {
  if (typeof patch !== 'object' || patch === null) return '';
  const { state, revokedAt } = patch as Record<string, unknown>;
  const words = [state, typeof revokedAt === 'string' ? 'revoked' : undefined];
  return words
    .filter((word) => typeof word === 'string')
    .map((word) => ` ${word}`)
    .join('');
}

function kindOf(name: unknown): string {
  return String(name).split(':')[0] ?? '';
}

const CALLS = [
  'createAccount',
  'findAccount',
  'changeKey',
  'createOrder',
  'getOrder',
  'getAuthorization',
  'completeChallenge',
  'finalizeOrder',
  'getCertificate',
  'revokeCertificate',
];

function watchAcme(acme: AcmeClient, at: At): AcmeClient {
  return {
    ...acme,
    directory: (options) => acme.directory(options),
    renewalInfo: (options) => acme.renewalInfo(options),
    close: () => acme.close(),
    session: (options) => watched<AcmeSession>(acme.session(options), CALLS, (method) => `CA ${method}`, at),
  };
}
