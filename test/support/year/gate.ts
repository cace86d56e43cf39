// Between the engine and its ports: each call passes through here, and at one of them the engine can be killed like
// with SIGKILL: its call is carried out or not, and it receives no answer any more.
import type { AcmeClient, AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';

export interface Gate {
  /** Kills the process after that many calls. */
  killIn(calls: number): void;
  readonly died: Promise<void>;
  readonly dead: boolean;
  stores(stores: Stores): Stores;
  acme(client: AcmeClient): AcmeClient;
}

class Killed extends Error {}

const never = <T>(): Promise<T> => new Promise<T>(() => {});

export function createGate(): Gate {
  let left = Number.POSITIVE_INFINITY;
  let dead = false;
  const { promise: died, resolve } = Promise.withResolvers<void>();

  /** @returns whether the process has been killed. */
  function tick(): boolean {
    left -= 1;
    if (left > 0 || dead) return dead;
    dead = true;
    resolve();
    return true;
  }

  async function pass<T>(call: () => Promise<T>): Promise<T> {
    if (tick()) return never();
    const outcome = await call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (tick()) return never();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** In a transaction: a killed process must not commit. */
  async function passInside<T>(call: () => Promise<T>): Promise<T> {
    if (tick()) throw new Killed();
    return call();
  }

  function each<T extends object>(target: T, through: typeof pass): T {
    return new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'function' && name === 'due') {
          return (...args: unknown[]) => eachOf(Reflect.apply(value, target, args), through);
        }
        if (typeof value === 'function')
          return (...args: unknown[]) => through(async () => Reflect.apply(value, target, args));
        return typeof value === 'object' && value !== null ? each(value, through) : value;
      },
    });
  }

  /** For results that are read in parts: nothing is requested before the first part is. */
  async function* eachOf<T>(parts: AsyncIterable<T>, through: typeof pass): AsyncGenerator<T> {
    const iterator = parts[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await through(async () => iterator.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  return {
    killIn(calls) {
      left = calls;
    },
    died,
    get dead() {
      return dead;
    },
    stores(stores) {
      const outside = each(stores, pass);
      const transaction: Stores['transaction'] = async (work) => {
        if (tick()) return never();
        const outcome = await stores
          .transaction((tx) => work(each(tx, passInside)))
          .then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          );
        if (tick()) return never();
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      };
      return new Proxy(outside, {
        get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)),
      });
    },
    acme: (client) => ({
      session(options) {
        const session = client.session(options);
        const { keyAuthorization, time } = session;
        return { ...each<AcmeSession>(session, pass), ...gated(session), keyAuthorization, time };
      },
      directory: (options) => pass(() => client.directory(options)),
      checkDirectory: (options) => pass(() => client.checkDirectory(options)),
      renewalInfo: (options) => pass(() => client.renewalInfo(options)),
      close: () => client.close(),
    }),
  };

  function gated(session: AcmeSession): AcmeSession {
    const through = each(session, pass);
    const names = Object.keys(session) as (keyof AcmeSession)[];
    return Object.fromEntries(
      names.map((name) => [name, Reflect.get(through, name)]),
    ) as unknown as AcmeSession;
  }
}
