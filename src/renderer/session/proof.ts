// Fresh proof of identity: some operations require a sign-in within the last 15 minutes (PROOF_REQUIRED). The refused
// call waits while the user gets a new sign-in link, and is then repeated, so that no input is lost.
import { observable, type Unsubscribable } from '@trpc/server/observable';
import { type Api, failureOf, type Transport } from '../api.ts';
import type { Live } from '../live.ts';
import { createStore, type Store } from '../store.ts';

export interface Proof {
  /** Whether the dialog (proof-dialog.tsx) is open. */
  readonly asked: Store<boolean>;
  /** Opens the dialog; concurrent calls share it. @returns whether there is a fresh proof now */
  ask(): Promise<boolean>;
  /** Closes the dialog. */
  settle(proved: boolean): void;
}

export function createProof(scope: Window): Proof {
  const asked = createStore(false);
  let waiting: PromiseWithResolvers<boolean> | null = null;
  const settle = (proved: boolean): void => {
    asked.set(false);
    waiting?.resolve(proved);
    waiting = null;
  };
  // Escape closes only this dialog. Each open Mantine dialog listens on the window, including the form below this one;
  // the first listener runs first.
  scope.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !asked.get()) return;
      event.stopImmediatePropagation();
      settle(false);
    },
    { capture: true },
  );
  return {
    asked,
    ask() {
      waiting ??= Promise.withResolvers<boolean>();
      asked.set(true);
      return waiting.promise;
    },
    settle,
  };
}

/** Repeats a call that required a fresh proof, after the user has given it. @param transport Sends the call. */
export function withProof(transport: Transport, proof: Pick<Proof, 'ask'>): Transport {
  return (runtime) => {
    const send = transport(runtime);
    return (given) =>
      observable((observer) => {
        let subscription: Unsubscribable | null = null;
        let closed = false;
        const attempt = (isFirst: boolean): void => {
          subscription = send(given).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error(error) {
              if (!isFirst || failureOf(error).body?.code !== 'PROOF_REQUIRED') return observer.error(error);
              void proof.ask().then((proved) => {
                if (closed) return;
                if (proved) attempt(false);
                else observer.error(error);
              });
            },
          });
        };
        attempt(true);
        return () => {
          closed = true;
          subscription?.unsubscribe();
        };
      });
  };
}

/** Closes the dialog when a sign-in link is opened in another tab of this browser, which also proves this page. */
export function watchProof({ asked, settle }: Proof, { live, api }: { live: Live; api: Api }): void {
  live.onEvent(({ kind, data }) => {
    if (kind !== 'session.proved' || !asked.get()) return;
    const compare = ({ sessions }: { readonly sessions: readonly ListedSession[] }): void => {
      if (sessions.some(({ id, current }) => current && id === Object(data).sessionId)) settle(true);
    };
    api.sessions.list.query().then(compare, () => undefined); // if this fails, the user can still paste the link
  });
}

interface ListedSession {
  readonly id: string;
  /** Whether it is this browser's session. */
  readonly current: boolean;
}

/** Extracts the secret from a sign-in link or a pasted secret. @returns null if there is none */
export function readLinkSecret(typed: string): string | null {
  return /cdl_[\w-]+/.exec(typed)?.[0] ?? null;
}
