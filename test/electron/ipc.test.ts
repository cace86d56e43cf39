// Messages of windows while Certdesk behind them restarts.
import { EventEmitter } from 'node:events';
import type { IpcMain } from 'electron';
import { expect, it } from 'vitest';
import { PAGE } from '../../src/main/desktop/addresses.ts';
import { attachIpc } from '../../src/main/electron/ipc.ts';
import { CHANNELS } from '../../src/shared/ipc.ts';
import { QUIET } from '../support/engine/database.ts';

it('answers a subscription with a failure, so that the page retries, and one of another page with nothing', () => {
  const ipcMain = Object.assign(new EventEmitter(), {
    handle: () => undefined,
    removeHandler: () => undefined,
  });
  const end = attachIpc({
    ipcMain: ipcMain as unknown as IpcMain,
    logger: QUIET as never,
    calls: () => null,
    start: () => Promise.reject(new Error('nobody asks')),
    act: async () => undefined,
    isOurWindow: () => true,
  });
  const sent: unknown[] = [];
  const sender = { id: 1, isDestroyed: () => false, send: (_: string, event: unknown) => sent.push(event) };
  const request = { id: 7, type: 'subscription', path: 'jobs.events', input: {} };
  const from = (url: string) => ({ sender, senderFrame: { url, parent: null } });
  ipcMain.emit(CHANNELS.subscribe, from('https://example.com/'), request);
  expect(sent).toEqual([]);
  ipcMain.emit(CHANNELS.subscribe, from(PAGE), request);
  expect(sent).toEqual([
    { id: 7, kind: 'error', error: expect.objectContaining({ message: 'Certdesk has not started' }) },
  ]);
  end();
  expect(ipcMain.listenerCount(CHANNELS.subscribe)).toBe(0);
});
