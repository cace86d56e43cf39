// The form that requests a certificate, for a new project and again for an existing one.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { useApi } from '../../api.ts';
import { JobView } from '../../jobs/job-view.tsx';
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { messages } from '../../messages.ts';
import { Disclosure } from '../../ui/disclosure.tsx';
import { FailureNotice } from '../../ui/failure.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { LinkButton } from '../../ui/link.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { useUnsavedWarning } from '../../ui/use-unsaved-warning.ts';
import { AdvancedFields } from './advanced-fields.tsx';
import { NamesField } from './names-field.tsx';
import { type RequestState, type RequestSubject, useRequest } from './use-request.ts';
import { type ExistingProject, type Submit, useSubmit } from './use-submit.ts';
import { ValidationFields } from './validation-fields.tsx';

const Examination = lazy(async () => ({ default: (await import('./examination.tsx')).Examination }));

const text = obtainTexts;

export function RequestForm({ subject }: { readonly subject: RequestSubject }) {
  const request = useRequest(subject);
  const submit = useSubmit(request);
  const [isBlocked, setBlocked] = useState(false);
  useUnsavedWarning(request.form.isDirty());
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit.request();
      }}
    >
      <Stack gap="md">
        <Panel>
          <NamesField request={request} />
        </Panel>
        <Panel title={text.validation}>
          <ValidationFields request={request} />
        </Panel>
        <Panel>
          <Disclosure
            label={request.project === null ? text.advancedNew : text.advanced}
            opened={request.isAdvancedOpen}
            onChange={request.setAdvancedOpen}
          >
            <AdvancedFields request={request} />
          </Disclosure>
        </Panel>
        {request.changes.length > 0 && <Changes request={request} />}
        {submit.duplicate !== null && (
          <Duplicate duplicate={submit.duplicate} onAllow={submit.allowDuplicate} />
        )}
        {submit.error !== null && <FailureNotice error={submit.error} />}
        {request.names.length > 0 && request.isTestable && (
          <Suspense fallback={null}>
            <Examination request={request} onBlocked={setBlocked} />
          </Suspense>
        )}
        <End request={request} submit={submit} isBlocked={isBlocked} />
        {submit.trialJobId !== null && <Trial jobId={submit.trialJobId} />}
      </Stack>
    </form>
  );
}

interface EndProps {
  readonly request: RequestState;
  readonly submit: Submit;
  /** Whether the CA must refuse the request. */
  readonly isBlocked: boolean;
}

/** The summary and the buttons. */
function End({ request: { project, sentence, ca }, submit, isBlocked }: EndProps) {
  const summary = useId();
  const noDryRun = ca?.stagingUrl === null;
  const { isRequesting, isTrying } = submit;
  return (
    <Panel title={text.summary.title}>
      <Stack gap="md">
        <div id={summary}>
          <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
            {sentence}
          </Text>
          {project !== null && project.certificate !== null && <Text>{text.willReplace}</Text>}
        </div>
        <FormActions>
          <Cancel project={project} />
          <Button
            variant="default"
            disabled={noDryRun || isRequesting}
            loading={isTrying}
            onClick={submit.dryRun}
            aria-describedby={`${summary}-dry`}
          >
            {submit.trialJobId === null ? text.dryRun : text.dryRunAgain}
          </Button>
          <Button
            type="submit"
            disabled={isTrying || isBlocked}
            loading={isRequesting}
            aria-describedby={summary}
          >
            {text.submit}
          </Button>
        </FormActions>
        <Text c="dimmed" fz="sm" id={`${summary}-dry`}>
          {noDryRun ? text.noDryRun : text.dryRunHint}
        </Text>
      </Stack>
    </Panel>
  );
}

/** Goes back to where the user came from. */
function Cancel({ project }: Pick<RequestState, 'project'>) {
  const router = useRouter();
  const navigate = useNavigate();
  const leave = (): void => {
    if (router.history.canGoBack()) router.history.back();
    else if (project === null) void navigate({ to: '/projects' });
    else void navigate({ to: '/projects/$id', params: { id: project.id } });
  };
  return (
    <Button variant="default" onClick={leave}>
      {messages.cancel}
    </Button>
  );
}

function Changes({ request: { changes } }: { readonly request: RequestState }) {
  return (
    <Notice tone="warn" title={text.changes}>
      {changes.map(({ field, before, after }) => (
        <Text key={field}>{text.changed(text.change[field], before, after)}</Text>
      ))}
    </Notice>
  );
}

interface DuplicateProps {
  readonly duplicate: ExistingProject;
  onAllow(): void;
}

function Duplicate({ duplicate: { id, name }, onAllow }: DuplicateProps) {
  return (
    <Notice tone="warn" title={text.duplicate} role="alert">
      <Text style={{ overflowWrap: 'anywhere' }}>{text.duplicateText(name)}</Text>
      <Group gap="xs" mt="xs">
        <LinkButton size="xs" to="/projects/$id/obtain" params={{ id }}>
          {text.openDuplicate(name)}
        </LinkButton>
        <Button size="xs" variant="default" onClick={onAllow}>
          {text.anyway}
        </Button>
      </Group>
    </Notice>
  );
}

function Trial({ jobId }: { readonly jobId: string }) {
  const api = useApi();
  const job = useQuery(api.jobs.get.queryOptions({ jobId }));
  const ref = useRef<HTMLDivElement>(null);
  const isLoaded = job.data !== undefined;
  useEffect(() => {
    // Below the buttons it may be outside the window.
    if (isLoaded) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isLoaded]);
  return (
    <div ref={ref}>
      <QueryView query={job} lines={6}>
        {(data) => <JobView job={data} />}
      </QueryView>
    </div>
  );
}
