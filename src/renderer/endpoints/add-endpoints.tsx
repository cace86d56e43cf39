// Adds endpoints from pasted lines, a CSV file, or suggestions. The preview reads the lines as the server does.
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { readEndpointLines } from '../../shared/endpoint-lines.ts';
import { formatEndpoint } from '../../shared/endpoint-names.ts';
import type { EndpointSuggestion } from '../../shared/endpoint-record.ts';
import { useApi } from '../api.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { messages } from '../messages.ts';
import { ProjectSelect } from '../tokens/project-select.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { closeDone } from '../ui/notify.tsx';
import classes from './endpoints.module.css';

const text = endpointTexts.adding;
/** More invalid lines would only push the button away. */
const MAX_SHOWN = 20;

export function AddEndpoints({ projectId }: { readonly projectId?: string | undefined }) {
  const api = useApi();
  const [lines, setLines] = useState('');
  const [projectIds, setProjectIds] = useState(projectId === undefined ? [] : [projectId]);
  const [isTouched, setTouched] = useState(false);
  const suggestions = useQuery(
    api.endpoints.suggest.queryOptions(projectId === undefined ? {} : { project: projectId }),
  );
  const add = useMutation(
    api.endpoints.add.mutationOptions({
      onSuccess: ({ created, existing }) => closeDone(text.done(created, existing)),
    }),
  );
  const read = useMemo(() => readEndpointLines(lines), [lines]);
  const valid = read.filter(({ error }) => error === null).length;
  const found = suggestions.data?.suggestions ?? [];
  const insert = (): void =>
    setLines((before) => [before.trim(), ...found.map(toLine(projectId))].filter(Boolean).join('\n'));
  const submit = (): void => {
    setTouched(true);
    if (valid > 0) add.mutate({ body: { text: lines, projectIds } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      noValidate
    >
      <Stack gap="md">
        {add.error !== null && <FailureNotice error={add.error} />}
        {found.length > 0 && (
          <Group justify="space-between" gap="xs">
            <Text fz="sm">{text.suggestions}</Text>
            <Button variant="default" size="xs" onClick={insert}>
              {text.use(found.length)}
            </Button>
          </Group>
        )}
        <Textarea
          label={text.lines}
          description={text.hint}
          placeholder={text.placeholder}
          data-autofocus
          autosize
          minRows={5}
          maxRows={14}
          spellCheck={false}
          value={lines}
          onChange={(event) => setLines(event.currentTarget.value)}
          error={isTouched && valid === 0 && read.length === 0 ? text.none : undefined}
        />
        <Preview read={read} valid={valid} />
        <Group>
          <FileButton
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(file) => void file?.text().then(setLines)}
          >
            {(props) => (
              <Button {...props} variant="default" size="xs">
                {text.file}
              </Button>
            )}
          </FileButton>
        </Group>
        <ProjectSelect
          label={text.projects}
          description={text.projectsHint}
          value={projectIds}
          onChange={setProjectIds}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {text.submit(valid)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Preview({
  read,
  valid,
}: {
  readonly read: ReturnType<typeof readEndpointLines>;
  readonly valid: number;
}) {
  if (read.length === 0) return null;
  const wrong = read.filter(({ error }) => error !== null);
  return (
    <div role="status" className={classes.preview}>
      <Text fz="sm">{text.valid(valid)}</Text>
      {wrong.length > 0 && (
        <Text fz="sm" className={classes.gap}>
          {text.invalid(wrong.length)}
        </Text>
      )}
      {wrong.slice(0, MAX_SHOWN).map(({ line, error }) => (
        <Text key={line} fz="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {text.line(line, error ?? '')}
        </Text>
      ))}
    </div>
  );
}

/** In a dialog for all projects, each line names its own. */
const toLine =
  (projectId: string | undefined) =>
  ({ host, port, protocol, projectId: of }: EndpointSuggestion): string =>
    projectId === undefined
      ? `${host},${port},${protocol},,${of}`
      : protocol === 'tls'
        ? formatEndpoint({ host, port })
        : `${protocol}://${formatEndpoint({ host, port })}`;
