// What goes between the window and the main process: tRPC's calls and events, and the little that the window asks of the
// desktop itself. Values are copied by structured clone, so dates and bytes stay what they are.
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
  /** Chosen by the window; unique in it while the call lasts. */
  readonly id: number;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** `projects.list` */
  readonly path: string;
  readonly input: unknown;
}

/** `error` is tRPC's error shape, as over HTTP. */
export type IpcResult =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: unknown };

export type IpcEvent =
  | { readonly id: number; readonly kind: 'started' | 'stopped' }
  | { readonly id: number; readonly kind: 'data'; readonly data: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly error: unknown };

/** All that the preload gives to the page, as `window.certdesk`. */
export interface Bridge {
  call(request: IpcRequest): Promise<IpcResult>;
  abort(id: number): void;
  subscribe(request: IpcRequest): void;
  /** @returns a function that ends it. */
  onEvent(listener: (event: IpcEvent) => void): () => void;
  /** How the start of Certdesk behind the window went. */
  start(): Promise<StartState>;
  /** What a person chose where it could not start. */
  act(choice: string): Promise<void>;
}

export const BRIDGE_NAME = 'certdesk';
