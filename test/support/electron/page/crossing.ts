// contextBridge: the connection between the preload's world and the page's. Both ends run the text of this file. Only
// text in DOM events crosses, so that only copies can: plain values, functions as stubs that call back over the same
// connection, promises. Electron's rules: https://www.electronjs.org/docs/latest/api/context-bridge
import type { Codec } from '../codec.ts';

export interface Crossing {
  /** Called in the preload's world: exposes a value in the page's, once and frozen. */
  expose(key: string, value: unknown): void;
}

export interface CrossingOptions {
  readonly codec: Codec;
  /** Which end this is. */
  readonly side: 'page' | 'preload';
  /** Part of the event names, so that the page's own scripts cannot listen to them. */
  readonly nonce: string;
}

type Fn = (...args: readonly unknown[]) => unknown;
type Wire =
  | { readonly kind: 'expose'; readonly key: string; readonly value: string }
  | { readonly kind: 'call'; readonly fn: number; readonly args: string; readonly at: number }
  | { readonly kind: 'settle'; readonly promise: number; readonly ok: boolean; readonly value: string }
  | { readonly kind: 'hello' };

export function makeCrossing({ codec, side, nonce }: CrossingOptions): Crossing {
  const target = document;
  const dispatch = EventTarget.prototype.dispatchEvent.bind(target);
  const CustomEventHere = CustomEvent;
  const [out, into] = side === 'page' ? [`${nonce}:up`, `${nonce}:down`] : [`${nonce}:down`, `${nonce}:up`];
  const functions: Fn[] = [];
  const known = new Map<Fn, number>();
  const settling = new Map<number, (ok: boolean, value: unknown) => void>();
  const answers = new Map<number, { ok: boolean; value: string }>();
  const exposed: Wire[] = [];
  let promises = 0;
  let calls = 0;

  const send = (wire: Wire | { kind: 'answer'; at: number; ok: boolean; value: string }): void => {
    dispatch(new CustomEventHere(out, { detail: JSON.stringify(wire) }));
  };
  const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

  /** Functions and promises are replaced by a number; everything else must be cloneable. */
  function pack(value: unknown): string {
    const walk = (each: unknown): unknown => {
      if (typeof each === 'function') return { $fn: numberOf(each as Fn) };
      if (each instanceof Promise) return { $promise: follow(each) };
      if (Array.isArray(each)) return { $array: each.map(walk) };
      const plain =
        typeof each === 'object' && each !== null && Object.getPrototypeOf(each) === Object.prototype;
      if (!plain) return { $value: codec.encode(each) };
      return { $object: Object.entries(each as object).map(([key, inner]) => [key, walk(inner)]) };
    };
    return JSON.stringify(walk(value));
  }

  function unpack(text: string): unknown {
    const walk = (each: Record<string, unknown>): unknown => {
      if ('$fn' in each) return stub(Number(each.$fn));
      if ('$promise' in each) return promised(Number(each.$promise));
      if ('$array' in each) return (each.$array as Record<string, unknown>[]).map(walk);
      if ('$value' in each) return codec.decode(String(each.$value));
      return Object.fromEntries(
        (each.$object as [string, Record<string, unknown>][]).map(([key, inner]) => [key, walk(inner)]),
      );
    };
    return walk(JSON.parse(text));
  }

  function numberOf(fn: Fn): number {
    const number = known.get(fn) ?? functions.push(fn) - 1;
    known.set(fn, number);
    return number;
  }

  function follow(promise: Promise<unknown>): number {
    promises += 1;
    const number = promises;
    promise.then(
      (value) => send({ kind: 'settle', promise: number, ok: true, value: pack(value) }),
      (error: unknown) => send({ kind: 'settle', promise: number, ok: false, value: pack(messageOf(error)) }),
    );
    return number;
  }

  const promised = (number: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      settling.set(number, (ok, value) => (ok ? resolve(value) : reject(new Error(String(value)))));
    });

  function stub(fn: number): Fn {
    return (...args) => {
      calls += 1;
      const at = calls;
      send({ kind: 'call', fn, args: pack(args), at }); // the other end answers before this returns
      const answer = answers.get(at);
      answers.delete(at);
      if (answer === undefined) throw new Error('The other world does not answer');
      if (!answer.ok) throw new Error(String(unpack(answer.value)));
      return unpack(answer.value);
    };
  }

  function perform(fn: number, args: string): { ok: boolean; value: string } {
    try {
      return { ok: true, value: pack(functions[fn]?.(...(unpack(args) as readonly unknown[]))) };
    } catch (error) {
      return { ok: false, value: pack(messageOf(error)) };
    }
  }

  function freeze(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) freeze(each);
    return Object.freeze(value);
  }

  target.addEventListener(into, (event) => {
    event.stopImmediatePropagation();
    const wire = JSON.parse((event as CustomEvent<string>).detail);
    if (wire.kind === 'call') send({ kind: 'answer', at: wire.at, ...perform(wire.fn, wire.args) });
    else if (wire.kind === 'answer') answers.set(wire.at, { ok: wire.ok, value: wire.value });
    else if (wire.kind === 'hello') for (const each of exposed) send(each);
    else if (wire.kind === 'settle') {
      settling.get(wire.promise)?.(wire.ok, unpack(wire.value));
      settling.delete(wire.promise);
    } else if (wire.kind === 'expose' && !Object.hasOwn(window, wire.key)) {
      const value = freeze(unpack(wire.value));
      Object.defineProperty(window, wire.key, {
        value,
        enumerable: true,
        writable: false,
        configurable: false,
      });
    }
  });
  if (side === 'page') send({ kind: 'hello' }); // exposed before this end existed

  return {
    expose(key, value) {
      const wire: Wire = { kind: 'expose', key, value: pack(value) };
      exposed.push(wire);
      send(wire);
    },
  };
}
