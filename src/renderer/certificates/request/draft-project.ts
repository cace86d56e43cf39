// The project that the form creates on the way. It stays only if a certificate is requested for it.
import { useEffect, useRef } from 'react';
import { type Api, useApiClient } from '../../api.ts';

type NewProject = Parameters<Api['projects']['create']['mutate']>[0]['body'];

export interface DraftProject {
  /**
   * Creates the project, or returns the one of an earlier call with the same names and tags.
   * @throws DUPLICATE_DOMAIN, and if an earlier one cannot be removed
   */
  create(body: NewProject): Promise<{ readonly id: string; readonly isNew: boolean }>;
  /** Removes the project that was created. @throws OPERATION_IN_PROGRESS */
  discard(): Promise<void>;
  /** Lets the project stay. */
  keep(): void;
}

/** Removes the project when the user leaves the form, for example after a dry run. */
export function useDraftProject(): DraftProject {
  const client = useApiClient();
  const draft = useRef<{ readonly id: string; readonly subject: string } | null>(null);

  async function discard(): Promise<void> {
    if (draft.current === null) return;
    const { id } = draft.current;
    await client.projects.remove.mutate({ id });
    if (draft.current?.id === id) draft.current = null;
  }

  useEffect(
    () => () => {
      const left = draft.current;
      draft.current = null;
      // Refused while a dry run is running: then the project is in the list, with this job.
      if (left !== null) client.projects.remove.mutate({ id: left.id }).catch(() => undefined);
    },
    [client],
  );

  return {
    async create(body) {
      const subject = JSON.stringify([body.name, body.domain, body.altNames, body.tags]);
      if (draft.current?.subject === subject) return { id: draft.current.id, isNew: false };
      await discard();
      const { id } = await client.projects.create.mutate({ body });
      draft.current = { id, subject };
      return { id, isNew: true };
    },
    discard,
    keep() {
      draft.current = null;
    },
  };
}
