// An emitter with a fixed list of events: listening for another one is an error, because it would never fire.
import { EventEmitter } from 'node:events';

export class StrictEmitter extends EventEmitter {
  readonly #what: string;
  readonly #events: ReadonlySet<string>;

  constructor(what: string, events: readonly string[]) {
    super();
    this.#what = what;
    this.#events = new Set([...events, 'newListener', 'removeListener', 'error']);
  }

  override on(name: string, listener: (...args: never[]) => void): this {
    this.#check(name);
    return super.on(name, listener as (...args: unknown[]) => void);
  }

  override once(name: string, listener: (...args: never[]) => void): this {
    this.#check(name);
    return super.once(name, listener as (...args: unknown[]) => void);
  }

  #check(name: string): void {
    if (!this.#events.has(name)) throw new Error(`stand-in: ${this.#what} has no event ${name} (here)`);
  }
}

export interface Preventable {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function preventable<T extends object>(fields?: T): Preventable & T {
  const event = {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
  } as Preventable & T;
  return event;
}
