// Types of the messages between the window and the main process: tRPC calls and events, and a few requests to the
// desktop application itself. Structured clone copies the values, so dates and bytes keep their types.
import type { StartState } from './desktop.ts';

export const CHANNELS = {
  call: 'trpc:call',
  abort: 'trpc:abort',
  subscribe: 'trpc:subscribe',
  event: 'trpc:event',
  start: 'desktop:start',
  act: 'desktop:act',
} as const;

export interface IpcRequest {
  /** Chosen by the window; unique there while the call runs. */
  readonly id: number;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** The path of the operation, such as `projects.list`. */
  readonly path: string;
  readonly input: unknown;
}

/** `error` has tRPC's error shape, as over HTTP. */
export type IpcResult =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: unknown };

export type IpcEvent =
  | { readonly id: number; readonly kind: 'started' | 'stopped' }
  | { readonly id: number; readonly kind: 'data'; readonly data: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly error: unknown };

/** The API that the preload script exposes to the page as `window.certdesk`. */
export interface Bridge {
  call(request: IpcRequest): Promise<IpcResult>;
  abort(id: number): void;
  subscribe(request: IpcRequest): void;
  /** @returns a function that removes the listener */
  onEvent(listener: (event: IpcEvent) => void): () => void;
  /** @returns whether the engine started, or why not */
  start(): Promise<StartState>;
  /** Performs the user's choice after a failed start. */
  act(choice: string): Promise<void>;
}

export const BRIDGE_NAME = 'certdesk';
