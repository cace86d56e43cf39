// The page's first act, so the first import of main.tsx: a one-time link is exchanged while the rest of the page's code
// is still being read. Null in the window of the desktop application.
import { findBridge } from '../window/bridge.ts';
import { createSession, type Session } from './session.ts';

const { location, history } = window;

export const begun: Session | null =
  findBridge(window) === null ? createSession({ location, history, fetch: window.fetch.bind(window) }) : null;
