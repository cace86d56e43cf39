// A tRPC link over the bridge of the Electron window, instead of HTTP. The link itself has to cancel a call on abort:
// the client only passes the signal.
import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { Bridge, IpcEvent, IpcRequest } from '../../shared/ipc.ts';
import type { AppRouter, Transport } from '../api.ts';

type Link = ReturnType<TRPCLink<AppRouter>>;
type Operation = Parameters<Link>[0]['op'];
type Observer = Parameters<Parameters<typeof observable>[0]>[0];

export function createIpcTransport(bridge: Bridge): Transport {
  return () => {
    const subscriptions = new Map<number, (event: IpcEvent) => void>();
    bridge.onEvent((event) => subscriptions.get(event.id)?.(event));
    return ({ op }) =>
      observable((observer) =>
        op.type === 'subscription'
          ? subscribe(bridge, subscriptions, op, observer as Observer)
          : call(bridge, op, observer as Observer),
      );
  };
}

function call(bridge: Bridge, op: Operation, observer: Observer): () => void {
  let open = true;
  const end = (then: () => void): void => {
    if (!open) return;
    open = false;
    op.signal?.removeEventListener('abort', onAbort);
    then();
  };
  const onAbort = (): void =>
    end(() => {
      bridge.abort(op.id);
      observer.error(TRPCClientError.from(new DOMException('Aborted', 'AbortError')));
    });
  if (op.signal?.aborted === true) {
    onAbort();
    return () => undefined;
  }
  op.signal?.addEventListener('abort', onAbort, { once: true });
  bridge.call(requestOf(op)).then(
    (answer) =>
      end(() => {
        if (!answer.ok) {
          observer.error(failure(answer.error));
          return;
        }
        observer.next({ result: { type: 'data', data: answer.data } });
        observer.complete();
      }),
    (cause: Error) => end(() => observer.error(TRPCClientError.from(cause))),
  );
  return () => end(() => bridge.abort(op.id));
}

function subscribe(
  bridge: Bridge,
  subscriptions: Map<number, (event: IpcEvent) => void>,
  op: Operation,
  observer: Observer,
): () => void {
  subscriptions.set(op.id, (event) => {
    if (event.kind === 'data') observer.next({ result: { type: 'data', data: event.data } });
    else if (event.kind === 'started') {
      observer.next({ result: { type: 'started' } });
      observer.next({ result: { type: 'state', state: 'pending', error: null } });
    } else {
      subscriptions.delete(op.id);
      if (event.kind === 'error') {
        observer.error(failure(event.error));
        return;
      }
      observer.next({ result: { type: 'stopped' } });
      observer.complete();
    }
  });
  bridge.subscribe(requestOf(op));
  return () => {
    if (subscriptions.delete(op.id)) bridge.abort(op.id);
  };
}

const requestOf = ({ id, type, path, input }: Operation): IpcRequest => ({ id, type, path, input });

/** @param error tRPC's error shape. */
function failure(error: unknown): TRPCClientError<AppRouter> {
  return TRPCClientError.from({ error } as Parameters<typeof TRPCClientError.from>[0]);
}
