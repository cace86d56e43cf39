// The wizard's last step: a summary of the request, a dry run with its steps, and the submit button.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api.ts';
import { JobView } from '../../jobs/job-view.tsx';
import { messages } from '../../messages.ts';
import { FailureNotice } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { obtainErrors, stepOfErrors } from '../obtain-errors.ts';
import { toRequest } from '../obtain-values.ts';
import { useToJob } from '../renew-dialog.tsx';
import { StepTitle } from './step-title.tsx';
import { summarize } from './summary.ts';
import type { Obtain } from './use-obtain.ts';

const text = messages.obtain;

export function ReviewStep({ obtain }: { readonly obtain: Obtain }) {
  const { form, project, ca, go } = obtain;
  const toJob = useToJob(project.id);
  const { run, trial, error } = useObtaining(obtain);
  const noDryRun = ca?.stagingUrl === null;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(toRequest(form.getValues(), false), { onSuccess: toJob });
      }}
    >
      <Stack gap="lg">
        {error !== null && <FailureNotice error={error} />}
        <Panel title={<StepTitle step="review">{text.review}</StepTitle>}>
          <Stack gap={6}>
            {summarize(obtain).map((sentence) => (
              <Text key={sentence}>{sentence}</Text>
            ))}
          </Stack>
        </Panel>
        {obtain.changes.length > 0 && (
          <Notice tone="warn" title={text.changes}>
            {obtain.changes.map(({ field, before, after }) => (
              <Text key={field}>{text.changed(text.change[field], before, after)}</Text>
            ))}
          </Notice>
        )}
        {trial.jobId !== null && <Trial jobId={trial.jobId} />}
        <Text c="dimmed" fz="sm">
          {noDryRun ? text.noDryRun : text.dryRunHint}
        </Text>
        <Group justify="space-between">
          <Button variant="default" onClick={() => go('options')}>
            {text.back}
          </Button>
          <Group gap="sm">
            <Button variant="default" disabled={noDryRun} onClick={trial.begin} loading={trial.isPending}>
              {trial.jobId === null ? text.dryRun : text.dryRunAgain}
            </Button>
            <Button type="submit" loading={run.isPending}>
              {text.submit}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

type Body = ReturnType<typeof toRequest>;

/** The requests contain credentials: gcTime 0 removes them from the cache immediately. */
function useObtaining({ form, project, mark }: Obtain) {
  const api = useApi();
  const [jobId, setJobId] = useState<string | null>(null);
  const call = useMutation({ ...api.certificates.obtain.mutationOptions(), gcTime: 0 });
  const onError = (error: unknown): void => void mark(obtainErrors(error, form.getValues()));
  const mutationFn = (body: Body) => call.mutateAsync({ id: project.id, body });
  const run = useMutation({ gcTime: 0, mutationFn, onError });
  const dry = useMutation({
    gcTime: 0,
    mutationFn,
    onError,
    onSuccess: (answer) => setJobId('job' in answer ? answer.job.id : null),
  });
  const failed = run.error ?? dry.error;
  const atFields = failed !== null && stepOfErrors(obtainErrors(failed, form.getValues())) !== null;
  const trial = {
    jobId,
    isPending: dry.isPending,
    begin: () => dry.mutate(toRequest(form.getValues(), true)),
  };
  return { run, trial, error: atFields ? null : failed };
}

function Trial({ jobId }: { readonly jobId: string }) {
  const api = useApi();
  const job = useQuery(api.jobs.get.queryOptions({ jobId }));
  return (
    <QueryView query={job} lines={6}>
      {(data) => <JobView job={data} />}
    </QueryView>
  );
}
