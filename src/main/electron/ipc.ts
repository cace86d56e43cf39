// Receives all messages of windows. It refuses every message that is not from our own page in the top frame of our own
// window.
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import type { Logger } from 'pino';
import type { StartState } from '../../shared/desktop.ts';
import { CHANNELS, type IpcEvent } from '../../shared/ipc.ts';
import { isOurPage } from '../desktop/addresses.ts';
import type { TrpcCalls } from './trpc-calls.ts';

export interface IpcDeps {
  readonly ipcMain: IpcMain;
  readonly logger: Logger;
  /** Null while the app behind the window is not running. */
  calls(): TrpcCalls | null;
  start(): Promise<StartState>;
  act(choice: string): Promise<void>;
  /** Whether the sender is the window that the application created. */
  isOurWindow(senderId: number): boolean;
}

type AnyEvent = IpcMainEvent | IpcMainInvokeEvent;

const NOT_STARTED = {
  ok: false,
  error: { message: 'Certdesk has not started', code: -32603, data: {} },
} as const;

/** @returns a function that removes the handlers */
export function attachIpc({ ipcMain, logger, ...deps }: IpcDeps): () => void {
  /** @throws if the sender is not our page. The frame is null if it has navigated since. */
  function check({ sender, senderFrame }: AnyEvent): void {
    const ours =
      senderFrame !== null &&
      senderFrame.parent === null &&
      isOurPage(senderFrame.url) &&
      deps.isOurWindow(sender.id);
    if (ours) return;
    logger.warn({ url: senderFrame?.url ?? null }, 'Refused a message from a foreign page');
    throw new Error('This page may not call Certdesk');
  }

  const onAbort = (event: IpcMainEvent, id: unknown): void => {
    if (isOurs(event)) deps.calls()?.abort(event.sender, id);
  };
  const onSubscribe = (event: IpcMainEvent, request: unknown): void => {
    if (!isOurs(event)) return;
    const { sender } = event;
    const send = (message: IpcEvent): void => {
      if (!sender.isDestroyed()) sender.send(CHANNELS.event, message);
    };
    const calls = deps.calls();
    if (calls !== null) void calls.subscribe(sender, request, send);
    else send({ id: idOf(request), kind: 'error', error: NOT_STARTED.error }); // the page retries later
  };

  function isOurs(event: AnyEvent): boolean {
    try {
      check(event);
      return true;
    } catch {
      return false; // no one waits for an answer, and check has logged the refusal
    }
  }

  ipcMain.handle(CHANNELS.call, async (event, request: unknown) => {
    check(event);
    return (await deps.calls()?.call(event.sender, request)) ?? NOT_STARTED;
  });
  ipcMain.handle(CHANNELS.start, (event) => {
    check(event);
    return deps.start();
  });
  ipcMain.handle(CHANNELS.act, async (event, choice: unknown) => {
    check(event);
    await deps.act(String(choice));
  });
  ipcMain.on(CHANNELS.abort, onAbort);
  ipcMain.on(CHANNELS.subscribe, onSubscribe);
  return () => {
    for (const channel of [CHANNELS.call, CHANNELS.start, CHANNELS.act]) ipcMain.removeHandler(channel);
    ipcMain.off(CHANNELS.abort, onAbort);
    ipcMain.off(CHANNELS.subscribe, onSubscribe);
  };
}

/** @param request The message of the page, before validation. */
function idOf(request: unknown): number {
  const id: unknown = typeof request === 'object' && request !== null ? Reflect.get(request, 'id') : null;
  return typeof id === 'number' ? id : 0;
}
