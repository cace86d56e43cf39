// The preload script: exposes only the bridge to the page. It runs sandboxed in an isolated world.
import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME, type Bridge, CHANNELS, type IpcEvent } from '../../shared/ipc.ts';

const bridge: Bridge = {
  call: (request) => ipcRenderer.invoke(CHANNELS.call, request),
  abort: (id) => ipcRenderer.send(CHANNELS.abort, id),
  subscribe: (request) => ipcRenderer.send(CHANNELS.subscribe, request),
  onEvent(listener) {
    const send = (_: unknown, event: IpcEvent): void => listener(event);
    ipcRenderer.on(CHANNELS.event, send);
    return () => {
      ipcRenderer.off(CHANNELS.event, send);
    };
  },
  start: () => ipcRenderer.invoke(CHANNELS.start),
  act: (choice) => ipcRenderer.invoke(CHANNELS.act, choice),
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);
