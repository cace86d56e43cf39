// A project of the same domain: the server refuses a second one until a person confirms it for that very domain.
import { useState } from 'react';
import { toDnsName } from '../../shared/names.ts';
import { failureOf } from '../api.ts';
import type { ProjectValues } from './project-form.tsx';

export interface ExistingProject {
  readonly id: string;
  readonly name: string;
}

export interface DuplicateDomain {
  /** The other project that the last answer named; null where it named none. */
  readonly found: ExistingProject | null;
  /** To be called once for each request, and sent with it. */
  confirmationFor(values: ProjectValues): { readonly allowDuplicateDomain?: true };
}

/** @param error What the last request failed with. */
export function useDuplicateDomain(error: unknown): DuplicateDomain {
  const [asked, setAsked] = useState<string | null>(null);
  const found = duplicateOf(error);
  return {
    found,
    confirmationFor({ domain }) {
      const wanted = toDnsName(domain.trim());
      setAsked(wanted);
      return found !== null && wanted === asked ? { allowDuplicateDomain: true } : {};
    },
  };
}

/** Of DUPLICATE_DOMAIN; null where the error is another one. */
function duplicateOf(error: unknown): ExistingProject | null {
  const body = failureOf(error).body;
  if (body?.code !== 'DUPLICATE_DOMAIN') return null;
  const { projectId, name } = Object(body.details);
  return { id: String(projectId), name: String(name) };
}
