// The code of the preload's own world, as text: ipcRenderer, contextBridge, and the preload itself, run like a
// sandboxed one (a classic script with a `require` that knows electron and little else).
import type { Codec } from '../codec.ts';
import type { Crossing } from './crossing.ts';

export interface IsolatedWorld {
  readonly codec: Codec;
  readonly crossing: Crossing;
  /** Null if the window has none, or one that does not parse. */
  preload: ((require: unknown, module: object, exports: object, process: object) => void) | null;
  readonly binding: string;
  readonly deliver: string;
}

type Listener = (event: object, ...args: readonly unknown[]) => void;

export function runIsolatedWorld({ codec, crossing, preload, binding, deliver }: IsolatedWorld): void {
  if (window !== window.top || preload === null) return; // nodeIntegrationInSubFrames: false
  const toMain = Reflect.get(window, binding) as (payload: string) => void;
  const listeners = new Map<string, Listener[]>();
  const waiting = new Map<number, (text: string) => void>();
  let calls = 0;
  const post = (kind: string, channel: string, args: readonly unknown[], id = 0): void =>
    toMain(JSON.stringify({ kind, channel, id, args: codec.encode(args) }));

  const ipcRenderer = {
    on(channel: string, listener: Listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off(channel: string, listener: Listener) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((each) => each !== listener),
      );
      return ipcRenderer;
    },
    send: (channel: string, ...args: readonly unknown[]) => post('send', channel, args),
    invoke(channel: string, ...args: readonly unknown[]) {
      calls += 1;
      const id = calls;
      return new Promise((resolve, reject) => {
        waiting.set(id, (text) => {
          const { ok, value } = codec.decode(text) as { ok: boolean; value: unknown };
          if (ok) resolve(value);
          else reject(new Error(`Error invoking remote method '${channel}': ${value}`));
        });
        post('invoke', channel, args, id);
      });
    },
  };

  Reflect.set(window, deliver, (channel: string | null, id: number, text: string) => {
    if (channel === null) {
      waiting.get(id)?.(text);
      waiting.delete(id);
      return;
    }
    const args = codec.decode(text) as readonly unknown[];
    for (const listener of listeners.get(channel) ?? [])
      listener({ sender: ipcRenderer, ports: [] }, ...args);
  });

  const contextBridge = { exposeInMainWorld: crossing.expose };
  const require = (id: string): unknown => {
    if (id === 'electron' || id === 'electron/renderer') return { ipcRenderer, contextBridge };
    throw new Error(`module not found: ${id}`);
  };
  const module = { exports: {} };
  try {
    preload(require, module, module.exports, { type: 'renderer', sandboxed: true, contextIsolated: true });
  } catch (error) {
    post('preload-error', '', [String(error)]);
  }
}
