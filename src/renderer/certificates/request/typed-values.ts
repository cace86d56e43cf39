// Remembers what the user typed for the last request, so that it is there again if the CA refuses it.
import type { RequestValues } from './request-values.ts';

/** In memory only, because it may contain DNS credentials. */
let last: { readonly projectId: string; readonly values: RequestValues } | null = null;

export function rememberTyped(projectId: string, values: RequestValues): void {
  last = { projectId, values };
}

/** Returns what was typed for the last request of this project; null if there is none, or it was for another one. */
export function recallTyped(projectId: string): RequestValues | null {
  return last?.projectId === projectId ? last.values : null;
}

/** Call it when the certificate is issued. */
export function forgetTyped(projectId: string): void {
  if (last?.projectId === projectId) last = null;
}
