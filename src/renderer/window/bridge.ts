// Detects the Electron window: its preload script provides the bridge.
import { BRIDGE_NAME, type Bridge } from '../../shared/ipc.ts';

export function findBridge(scope: object): Bridge | null {
  const bridge: unknown = Reflect.get(scope, BRIDGE_NAME);
  return typeof bridge === 'object' && bridge !== null ? (bridge as Bridge) : null;
}
