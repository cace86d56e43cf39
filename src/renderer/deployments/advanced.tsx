// What the recipe sets, collapsed: its other fields, the name, and files and commands, which the user may change.

import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { RecipeInfo } from '../../shared/deployment.ts';
import type { ListedProject } from '../../shared/project.ts';
import { useApiClient } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { DeploymentFields, NameField } from './deployment-fields.tsx';
import { isMainField, type PartProps, toCreateDeployment, withParts } from './deployment-values.ts';
import { RecipeFields } from './recipe-fields.tsx';

const text = deploymentTexts.form;

export interface AdvancedProps extends PartProps {
  readonly project: ListedProject;
  readonly recipe: RecipeInfo | undefined;
}

export function Advanced(props: AdvancedProps) {
  const { recipe, project } = props;
  const fields = recipe?.fields.filter((field) => !isMainField(field)) ?? [];
  return (
    <Disclosure label={text.advanced}>
      <Stack gap="md">
        <RecipeFields {...props} fields={fields} domain={project.domain} />
        <NameField {...props} />
        <Parts {...props} />
      </Stack>
    </Disclosure>
  );
}

/** Fills in what the recipe would do, so that the user changes it and does not write it. */
function Parts(props: AdvancedProps) {
  const { values, recipe, project, onChange } = props;
  const client = useApiClient();
  const load = useMutation({
    mutationFn: () =>
      client.deployments.previewNew.mutate({ id: project.id, body: toCreateDeployment(values, recipe) }),
    onSuccess: (preview) => onChange(withParts(values, preview)),
  });
  if (values.custom) {
    return (
      <Stack gap="md">
        <Group>
          <Button variant="default" size="xs" onClick={() => onChange({ custom: false })}>
            {text.useRecipe}
          </Button>
        </Group>
        <DeploymentFields {...props} scriptLines={null} />
      </Stack>
    );
  }
  return (
    <Stack gap="xs" align="flex-start">
      <Text c="dimmed" fz="sm">
        {text.advancedHint}
      </Text>
      <Button variant="default" size="xs" loading={load.isPending} onClick={() => load.mutate()}>
        {text.change}
      </Button>
      {load.error !== null && <FailureNotice error={load.error} />}
    </Stack>
  );
}
