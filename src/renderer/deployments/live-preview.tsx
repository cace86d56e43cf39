// Says what the deployment in the form will do, while it is filled in.

import { Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RecipeInfo } from '../../shared/deployment.ts';
import type { ListedProject } from '../../shared/project.ts';
import { failureOf, useApiClient } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { messages } from '../messages.ts';
import { Panel } from '../ui/panel.tsx';
import { checkDeployment, type DeploymentValues, toCreateDeployment } from './deployment-values.ts';
import { PreviewSentences } from './preview-panel.tsx';
import { ServiceConfigPanel } from './service-config-panel.tsx';

const text = deploymentTexts.form;
const PAUSE_MS = 350;

export interface LivePreviewProps {
  readonly project: ListedProject;
  readonly values: DeploymentValues;
  readonly recipe: RecipeInfo | undefined;
}

export function LivePreview({ project, values, recipe }: LivePreviewProps) {
  const client = useApiClient();
  const [settled] = useDebouncedValue(values, PAUSE_MS);
  const complete =
    Object.keys(checkDeployment(settled, recipe, project.domain)).length === 0 &&
    (isWithout(settled) || recipe?.id === settled.service);
  const body = toCreateDeployment(settled, recipe);
  const preview = useQuery({
    // A script may have secrets, so it is not part of the key.
    queryKey: ['deployment-preview', project.id, { ...body, command: null }],
    queryFn: ({ signal }) => client.deployments.previewNew.mutate({ id: project.id, body }, { signal }),
    enabled: complete,
    retry: false,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const shown = complete && preview.error === null ? preview.data : undefined;
  return (
    <>
      <Panel title={text.preview}>
        {shown !== undefined ? (
          <Stack gap="sm">
            <Text c="dimmed">{text.previewHint}</Text>
            <PreviewSentences preview={shown} />
          </Stack>
        ) : (
          <Text c="dimmed">
            {complete
              ? preview.error === null
                ? text.previewing
                : reasonOf(preview.error)
              : text.incomplete}
          </Text>
        )}
      </Panel>
      {shown !== undefined && (
        <ServiceConfigPanel
          recipe={recipe}
          names={[...(project.domain === null ? [] : [project.domain]), ...project.altNames]}
          parts={shown}
        />
      )}
    </>
  );
}

const isWithout = ({ service }: DeploymentValues): boolean => service === 'files' || service === 'command';

/** Why there is no preview yet, which saving would report at its field. */
function reasonOf(error: unknown): string {
  return failureOf(error).body?.error ?? messages.failure.unreachable;
}
