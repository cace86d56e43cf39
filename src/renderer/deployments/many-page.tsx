// Adds one deployment to the selected projects: {domain} stands for the domain of each.

import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { RecipeInfo } from '../../shared/deployment.ts';
import type { CreatedMany } from '../../shared/deployment-bulk.ts';
import { useApi } from '../api.ts';
import { deploymentMany as text } from '../messages/deployment-many.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { messages } from '../messages.ts';
import { BackToList } from '../projects/back-to-list.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { DeploymentFields, NameField } from './deployment-fields.tsx';
import {
  checkDeployment,
  isMainField,
  isWithoutRecipe,
  newDeployment,
  toCreateDeployment,
  withService,
} from './deployment-values.ts';
import { HostChoice } from './host-choice.tsx';
import { isHostlessService } from './kind-options.ts';
import { ManyPreview, Refused } from './many-preview.tsx';
import { RecipeFields } from './recipe-fields.tsx';
import { RolloutFields } from './rollout-fields.tsx';
import { ServiceChoice } from './service-choice.tsx';
import { useDeploymentForm } from './use-deployment-form.ts';
import { useRecipes } from './use-recipes.ts';
import { WindowFields } from './window-fields.tsx';

const route = getRouteApi('/deployments/many');

/** In place of a domain, so that defaults keep the placeholder. */
const PLACEHOLDER = '{domain}';

export function ManyPage() {
  const { projects: given = '' } = route.useSearch();
  const projects = given.split(',').filter((id) => id !== '');
  const recipes = useRecipes();
  return (
    <Page title={text.title(projects.length)} width="narrow" above={<BackToList />}>
      {projects.length === 0 ? (
        <Notice tone="info">
          <Text>{text.noProjects}</Text>
        </Notice>
      ) : (
        <QueryView query={recipes} lines={8}>
          {(known) => <ManyForm key={given} projects={projects} recipes={known.recipes} />}
        </QueryView>
      )}
    </Page>
  );
}

interface FormProps {
  /** IDs. */
  readonly projects: string[];
  readonly recipes: readonly RecipeInfo[];
}

function ManyForm({ projects, recipes }: FormProps) {
  const navigate = useNavigate();
  const api = useApi();
  const create = useMutation(api.deployments.createMany.mutationOptions());
  const [ready, setReady] = useState<readonly string[]>([]);
  const recipeOf = (service: string) => recipes.find(({ id }) => id === service);
  const form = useDeploymentForm(
    () => newDeployment(recipes[0]?.id ?? 'files', undefined),
    [create],
    (service) => recipeOf(service)?.fields.map(({ name }) => `options.${name}`) ?? [],
  );
  const { values, errors, failure, change } = form;
  const recipe = recipeOf(values.service);
  const part = { values, errors, onChange: change };
  const fields = recipe?.fields ?? [];
  const refused = create.data?.projects.filter(({ error }) => error !== null) ?? [];
  const save = (): void => {
    if (!form.accept(checkDeployment(values, recipe, null))) return;
    create.mutate(
      { body: { ...toCreateDeployment(values, recipe), projects: [...ready], tag: [] } },
      {
        onSuccess(answer) {
          const created = countCreated(answer);
          if (created > 0) notifyDone(text.created(created));
          if (created === answer.projects.length) void navigate({ to: '/deployments', ignoreBlocker: true });
        },
      },
    );
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack gap="lg">
        <Notice tone="info">
          <Text>{text.placeholder}</Text>
        </Notice>
        <Panel>
          <Stack gap="md">
            <ServiceChoice
              recipes={recipes}
              service={values.service}
              onChange={(service) => change(withService(values, service))}
            />
            {!isHostlessService(values.service) && <HostChoice {...part} />}
            <RecipeFields {...part} fields={fields.filter(isMainField)} domain={PLACEHOLDER} />
            {recipe?.verify != null && (
              <TextInput
                label={deploymentTexts.form.serverName}
                description={text.serverNameHint}
                autoComplete="off"
                spellCheck={false}
                value={values.serverName}
                error={errors.serverName}
                onChange={(event) => change({ serverName: event.currentTarget.value })}
              />
            )}
            {isWithoutRecipe(values.service) ? (
              <>
                <DeploymentFields {...part} scriptLines={null} />
                <NameField {...part} />
              </>
            ) : (
              <Disclosure label={text.more}>
                <Stack gap="md">
                  <RecipeFields
                    {...part}
                    fields={fields.filter((field) => !isMainField(field))}
                    domain={PLACEHOLDER}
                  />
                  <NameField {...part} />
                </Stack>
              </Disclosure>
            )}
            <WindowFields {...part} />
            {!isHostlessService(values.service) && <RolloutFields {...part} />}
          </Stack>
        </Panel>
        <ManyPreview projects={projects} values={values} recipe={recipe} onReady={setReady} />
        {failure !== null && <FailureNotice error={failure} />}
        {refused.length > 0 && (
          <Notice tone="bad" title={text.failed(refused.length)} role="alert">
            <Refused projects={refused} label={text.failed(refused.length)} />
          </Notice>
        )}
        <Group justify="flex-end" gap="xs">
          <LinkButton variant="default" to="/projects">
            {messages.cancel}
          </LinkButton>
          <Button type="submit" loading={create.isPending} disabled={ready.length === 0}>
            {text.submit(ready.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const countCreated = ({ projects }: CreatedMany): number =>
  projects.filter(({ deployment }) => deployment !== null).length;
