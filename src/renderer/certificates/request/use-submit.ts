// Sends the request. A new project is created first, and removed again if the server refuses the request.
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { failureOf, useApiClient } from '../../api.ts';
import { useDraftProject } from './draft-project.ts';
import { requestErrors } from './request-errors.ts';
import { toRequest } from './request-values.ts';
import { rememberTyped } from './typed-values.ts';
import type { RequestState } from './use-request.ts';

/** A project that already has the domain. */
export interface ExistingProject {
  readonly id: string;
  readonly name: string;
}

export interface Submit {
  readonly isRequesting: boolean;
  readonly isTrying: boolean;
  /** The job of the last dry run. */
  readonly trialJobId: string | null;
  /** An error that concerns no field; null if there is none. */
  readonly error: unknown;
  readonly duplicate: ExistingProject | null;
  request(): void;
  dryRun(): void;
  /** Sends the last request again, with a second project for the domain. */
  allowDuplicate(): void;
}

interface Sending {
  readonly dryRun: boolean;
  readonly allowDuplicateDomain: boolean;
}

export function useSubmit({ project, form, names, mark, validate }: RequestState): Submit {
  const client = useApiClient();
  const navigate = useNavigate();
  const draft = useDraftProject();
  const [trialJobId, setTrialJobId] = useState<string | null>(null);

  async function findProject(allowDuplicateDomain: boolean) {
    if (project !== null) return { id: project.id, isNew: false };
    const [domain = '', ...altNames] = names;
    const { projectName, tags } = form.getValues();
    const name = projectName.trim();
    const duplicate = allowDuplicateDomain ? { allowDuplicateDomain } : {};
    return draft.create({
      ...(name === '' ? {} : { name }),
      domain,
      altNames,
      tags: [...tags],
      ...duplicate,
    });
  }

  async function send({ dryRun, allowDuplicateDomain }: Sending) {
    const { id, isNew } = await findProject(allowDuplicateDomain);
    if (isNew) setTrialJobId(null); // the job went with the project before
    const body = toRequest(form.getValues(), names, dryRun);
    try {
      const answer = await client.certificates.obtain.mutate({ id, body });
      if (!dryRun) draft.keep();
      return { projectId: id, jobId: 'job' in answer ? answer.job.id : null };
    } catch (error) {
      // If the answer was lost, a job may be running: then the project stays.
      if (isNew) await draft.discard().catch(() => undefined);
      throw error;
    }
  }

  // gcTime 0 removes the request, which may contain credentials, from the cache immediately.
  const call = useMutation({ mutationFn: send, gcTime: 0 });

  function submit(sending: Sending): void {
    if (call.isPending || !validate()) return;
    call.mutate(sending, {
      onError: (error) => void mark(requestErrors(error, form.getValues())),
      onSuccess({ projectId, jobId }) {
        if (sending.dryRun) return setTrialJobId(jobId);
        rememberTyped(projectId, form.getValues());
        if (jobId === null) return;
        void navigate({
          to: '/projects/$id/jobs/$jobId',
          params: { id: projectId, jobId },
          ignoreBlocker: true,
        });
      },
    });
  }

  const duplicate = duplicateOf(call.error);
  const isAtField = Object.keys(requestErrors(call.error, form.getValues())).length > 0;
  const running = call.isPending ? call.variables : null;
  return {
    isRequesting: running?.dryRun === false,
    isTrying: running?.dryRun === true,
    trialJobId,
    error: call.error === null || isAtField || duplicate !== null ? null : call.error,
    duplicate,
    request: () => submit({ dryRun: false, allowDuplicateDomain: false }),
    dryRun: () => submit({ dryRun: true, allowDuplicateDomain: false }),
    allowDuplicate: () => submit({ dryRun: call.variables?.dryRun === true, allowDuplicateDomain: true }),
  };
}

/** Returns the project from a DUPLICATE_DOMAIN error; null for other errors. */
function duplicateOf(error: unknown): ExistingProject | null {
  const body = error === null ? null : failureOf(error).body;
  if (body?.code !== 'DUPLICATE_DOMAIN') return null;
  const { projectId, name } = Object(body.details);
  return { id: String(projectId), name: String(name) };
}
