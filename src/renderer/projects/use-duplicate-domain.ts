// Handles a domain that another project already has: the server accepts a second project only after confirmation for
// that domain.
import { useState } from 'react';
import { toName } from '../../shared/identifiers.ts';
import { failureOf } from '../api.ts';
import type { ProjectValues } from './project-form.tsx';

export interface ExistingProject {
  readonly id: string;
  readonly name: string;
}

export interface DuplicateDomain {
  /** The project that the last error named; null if none. */
  readonly found: ExistingProject | null;
  /** Call once per request and send the result with it. */
  confirmationFor(values: ProjectValues): { readonly allowDuplicateDomain?: true };
}

/** @param error The last request's error. */
export function useDuplicateDomain(error: unknown): DuplicateDomain {
  const [asked, setAsked] = useState<string | null>(null);
  const found = duplicateOf(error);
  return {
    found,
    confirmationFor({ domain }) {
      const wanted = toName(domain.trim());
      setAsked(wanted);
      return found !== null && wanted === asked ? { allowDuplicateDomain: true } : {};
    },
  };
}

/** Returns the project from a DUPLICATE_DOMAIN error; null for other errors. */
function duplicateOf(error: unknown): ExistingProject | null {
  const body = failureOf(error).body;
  if (body?.code !== 'DUPLICATE_DOMAIN') return null;
  const { projectId, name } = Object(body.details);
  return { id: String(projectId), name: String(name) };
}
