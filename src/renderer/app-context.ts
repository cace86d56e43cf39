// The objects that main.tsx creates once and components need: the live connection and the session.
import { createContext, use } from 'react';
import type { Live } from './live.ts';
import type { Proof } from './session/proof.ts';
import type { Session } from './session/session.ts';

export interface AppContextValue {
  readonly live: Live;
  readonly session: Session;
  readonly proof: Proof;
  /** Base URL of the REST API: `http://127.0.0.1:7878`. */
  readonly server: string;
}

export const AppContext = createContext<AppContextValue | null>(null);

export function useAppContext(): AppContextValue {
  const value = use(AppContext);
  if (value === null) throw new Error('AppContext is not there: render within App');
  return value;
}
