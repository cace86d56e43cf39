// Electron's `ipcMain`.
import { EventEmitter } from 'node:events';

type Handler = (event: object, ...args: readonly unknown[]) => unknown;

export class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** For the stand-in. */
  async answer(
    channel: string,
    event: object,
    args: readonly unknown[],
  ): Promise<{ ok: boolean; value: unknown }> {
    const handler = this.#handlers.get(channel);
    if (handler === undefined) return { ok: false, value: `Error: No handler registered for '${channel}'` };
    try {
      return { ok: true, value: await handler(event, ...args) };
    } catch (error) {
      return { ok: false, value: String(error) };
    }
  }
}
