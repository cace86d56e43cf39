// Says for each of many projects what a deployment does, or why the project would get none, while the form is filled in.

import { List, ScrollArea, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { RecipeInfo } from '../../shared/deployment.ts';
import type { TemplatePreview } from '../../shared/deployment-bulk.ts';
import { failureOf, useApiClient } from '../api.ts';
import { deploymentMany as text } from '../messages/deployment-many.ts';
import { messages } from '../messages.ts';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { checkDeployment, type DeploymentValues, toCreateDeployment } from './deployment-values.ts';
import { PreviewSentences } from './preview-panel.tsx';

const PAUSE_MS = 350;

export interface ManyPreviewProps {
  readonly projects: string[];
  readonly values: DeploymentValues;
  readonly recipe: RecipeInfo | undefined;
  /** Receives the IDs of the projects that can have the deployment. */
  onReady(projects: readonly string[]): void;
}

export function ManyPreview({ projects, values, recipe, onReady }: ManyPreviewProps) {
  const client = useApiClient();
  const [settled] = useDebouncedValue(values, PAUSE_MS);
  const complete = settled === values && Object.keys(checkDeployment(settled, recipe, null)).length === 0;
  const body = { ...toCreateDeployment(settled, recipe), projects, tag: [] };
  const preview = useQuery({
    // A script may have secrets, so it is not part of the key.
    queryKey: ['deployment-template-preview', { ...body, command: null }],
    queryFn: ({ signal }) => client.deployments.previewMany.mutate({ body }, { signal }),
    enabled: complete,
    retry: false,
    gcTime: 0,
  });
  const found = complete && preview.error === null ? preview.data : undefined;
  useEffect(
    () => onReady(found?.projects.flatMap(({ id, error }) => (error === null ? [id] : [])) ?? []),
    [found, onReady],
  );
  return (
    <Panel title={text.preview}>
      {found !== undefined ? (
        <Previewed projects={found.projects} />
      ) : (
        <Text c="dimmed" role="status">
          {!complete ? text.incomplete : preview.error === null ? text.previewing : reasonOf(preview.error)}
        </Text>
      )}
    </Panel>
  );
}

function Previewed({ projects }: TemplatePreview) {
  const refused = projects.filter(({ error }) => error !== null);
  const ready = projects.filter(({ preview }) => preview !== null);
  const [first] = ready;
  return (
    <Stack gap="sm">
      <Text role="status">{text.counts(ready.length, projects.length)}</Text>
      {refused.length > 0 && (
        <Notice tone="warn">
          <Refused projects={refused} label={text.skipped} />
        </Notice>
      )}
      {first?.preview != null && (
        <>
          <Text c="dimmed">{text.example(titleOf(first))}</Text>
          <PreviewSentences preview={first.preview} />
        </>
      )}
      <Scrolled label={text.ready}>
        {ready.map((project) => (
          <List.Item key={project.id}>
            <Text component="span" fw={500}>
              {titleOf(project)}
            </Text>{' '}
            <Text component="span" c="dimmed" fz="sm" style={{ overflowWrap: 'anywhere' }}>
              {project.preview?.files.map(({ path }) => path).join(', ')}
            </Text>
          </List.Item>
        ))}
      </Scrolled>
    </Stack>
  );
}

interface RefusedProps {
  readonly projects: readonly Pick<TemplatePreview['projects'][number], 'id' | 'name' | 'domain' | 'error'>[];
}

export function Refused({ projects, label }: RefusedProps & { readonly label: string }) {
  return (
    <Scrolled label={label}>
      {projects.map((project) => (
        <List.Item key={project.id}>
          <Text component="span" fw={500}>
            {titleOf(project)}
          </Text>{' '}
          <Text component="span" fz="sm">
            {project.error?.error}
          </Text>
        </List.Item>
      ))}
    </Scrolled>
  );
}

function Scrolled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ScrollArea.Autosize
      type="auto"
      mah={240}
      viewportProps={{ tabIndex: 0, 'aria-label': label, role: 'region' }}
    >
      <List listStyleType="none" spacing={4}>
        {children}
      </List>
    </ScrollArea.Autosize>
  );
}

const titleOf = ({ id, name, domain }: RefusedProps['projects'][number]): string =>
  domain ?? name ?? text.unknown(id);

function reasonOf(error: unknown): string {
  return failureOf(error).body?.error ?? messages.failure.unreachable;
}
