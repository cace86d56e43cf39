// Confirms a bulk action, then shows its progress and results.
import { Button, Group, List, Progress, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useState } from 'react';
import { ExportFields, FIRST_CHOICE, isComplete } from '../../certificates/export-fields.tsx';
import { bulk as bulkTexts } from '../../messages/bulk.ts';
import { messages } from '../../messages.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { openDialog, useStayOpen } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { ProjectRowData } from '../use-project-list.ts';
import {
  type BulkAction,
  isConfirmed,
  reasonAgainst,
  reasonAgainstTags,
  sentenceOf,
  type TagChange,
} from './bulk-actions.ts';
import { TagFields } from './tag-fields.tsx';
import { type Bulk, useBulk } from './use-bulk.ts';

const text = bulkTexts;

export function openBulk(action: BulkAction, projects: readonly ProjectRowData[]): void {
  openDialog({
    title: text.titles[action],
    size: 'lg',
    withCloseButton: false,
    // A number that confirms the action is not worth a question.
    keepsInput: action !== 'remove',
    children: <BulkDialog action={action} projects={projects} />,
  });
}

interface DialogProps {
  readonly action: BulkAction;
  readonly projects: readonly ProjectRowData[];
}

const titleOf = ({ domain, name }: ProjectRowData): string => domain ?? name;

function BulkDialog({ action, projects }: DialogProps) {
  // Fixed when the dialog opens: a renewal must not change which projects are eligible.
  const [fit] = useState(() => projects.filter((project) => reasonAgainst(action, project) === null));
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const [typed, setTyped] = useState('');
  const [tags, setTags] = useState<TagChange>({ add: [], remove: [] });
  const bulk = useBulk(action, fit);
  if (bulk.states.size > 0) return <Running action={action} bulk={bulk} projects={fit} />;
  const chosen = action !== 'export' || isComplete(choice);
  const wrong = reasonAgainstTags(tags);
  const tagged = action !== 'tags' || (wrong === null && tags.add.length + tags.remove.length > 0);
  const ready = fit.length > 0 && chosen && tagged && isConfirmed(action, fit.length, typed);
  return (
    <Confirm
      danger={action === 'remove'}
      submit={text.submit[action](fit.length)}
      error={null}
      pending={false}
      disabled={!ready}
      onSubmit={() => {
        bulk.begin({ choice, tags });
        setChoice(FIRST_CHOICE);
      }}
    >
      <Text>{fit.length === 0 ? text.noneEligible : text.texts[action](fit.length)}</Text>
      <ExcludedProjects action={action} projects={projects} />
      {action === 'remove' && fit.length > 0 && (
        <TextInput
          label={text.typeNumber(fit.length)}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          data-autofocus
        />
      )}
      {action === 'tags' && <TagFields projects={fit} change={tags} onChange={setTags} />}
      {wrong !== null && (
        <Text c="var(--mantine-color-error)" fz="sm" role="alert">
          {wrong}
        </Text>
      )}
      {action === 'export' && fit.length > 0 && <ExportFields choice={choice} onChange={setChoice} />}
    </Confirm>
  );
}

function ExcludedProjects({ action, projects }: DialogProps) {
  const out = projects.flatMap((project) => {
    const reason = reasonAgainst(action, project);
    return reason === null ? [] : [{ id: project.id, line: `${titleOf(project)} ${reason}` }];
  });
  if (out.length === 0) return null;
  return (
    <Notice tone="warn" title={text.skipped(out.length)}>
      <ScrollArea.Autosize
        type="auto"
        mah={160}
        viewportProps={{ tabIndex: 0, 'aria-label': text.skipped(out.length), role: 'region' }}
      >
        <List>
          {out.map(({ id, line }) => (
            <List.Item key={id}>{line}</List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
    </Notice>
  );
}

interface RunningProps {
  readonly action: BulkAction;
  readonly bulk: Bulk;
  readonly projects: readonly ProjectRowData[];
}

function Running({ action, bulk: { states, running, stop }, projects }: RunningProps) {
  useStayOpen();
  const allDone = action === 'deploy' ? text.allStarted : text.allCompleted;
  const all = [...states.values()];
  const ended = all.filter(({ state }) => state !== 'waiting' && state !== 'running').length;
  const failed = all.filter(({ state }) => state !== 'done').length;
  return (
    <Stack gap="md">
      {running ? (
        <div>
          <Text mb={6} role="status">
            {text.progress(ended, all.length)}
          </Text>
          <Progress value={(ended / all.length) * 100} aria-label={text.progress(ended, all.length)} />
        </div>
      ) : (
        <Notice tone={failed === 0 ? 'ok' : 'bad'} role="status">
          {failed === 0 ? allDone(all.length) : text.someFailed(failed, all.length)}
        </Notice>
      )}
      <Results states={states} projects={projects} />
      <Group justify="flex-end" gap="xs">
        {running && (
          <Text c="dimmed" fz="sm" mr="auto">
            {text.stopping}
          </Text>
        )}
        {running ? (
          <Button variant="default" onClick={stop}>
            {text.stop}
          </Button>
        ) : (
          <Button onClick={() => modals.closeAll()}>{messages.close}</Button>
        )}
      </Group>
    </Stack>
  );
}

function Results({
  states,
  projects,
}: {
  readonly states: Bulk['states'];
  readonly projects: RunningProps['projects'];
}) {
  return (
    <ScrollArea.Autosize
      type="auto"
      mah={320}
      viewportProps={{ tabIndex: 0, 'aria-label': text.results, role: 'region' }}
    >
      <List listStyleType="none" spacing={4}>
        {failedFirst(projects, states).map((project) => {
          const state = states.get(project.id);
          if (state === undefined) return null;
          return (
            <List.Item key={project.id}>
              <Text component="span" fw={500}>
                {titleOf(project)}
              </Text>{' '}
              <Text component="span" c={state.state === 'failed' ? 'red' : 'dimmed'} fz="sm">
                {state.state === 'done' && state.note !== undefined ? state.note : text.states[state.state]}
                {state.state === 'failed' && `: ${sentenceOf(state.error)}`}
              </Text>
            </List.Item>
          );
        })}
      </List>
    </ScrollArea.Autosize>
  );
}

/** Failed items first; the order of the others stays. */
function failedFirst(projects: RunningProps['projects'], states: Bulk['states']): RunningProps['projects'] {
  const failed = ({ id }: ProjectRowData): number => (states.get(id)?.state === 'failed' ? 0 : 1);
  return projects.toSorted((a, b) => failed(a) - failed(b));
}
