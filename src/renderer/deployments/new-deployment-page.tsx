// Adds a deployment to a project. Where the recipe's defaults fit, it takes a service, a host and a path.

import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { RecipeInfo } from '../../shared/deployment.ts';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { messages } from '../messages.ts';
import { BackToProject } from '../projects/job-page.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { FormActions } from '../ui/form-actions.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Advanced } from './advanced.tsx';
import { DeploymentFields, NameField } from './deployment-fields.tsx';
import {
  checkDeployment,
  isMainField,
  isWithoutRecipe,
  newDeployment,
  toCreateDeployment,
  withService,
} from './deployment-values.ts';
import { DraftTest } from './draft-test.tsx';
import { HostChoice } from './host-choice.tsx';
import { isHostlessService } from './kind-options.ts';
import { LivePreview } from './live-preview.tsx';
import { RecipeFields } from './recipe-fields.tsx';
import { RolloutFields } from './rollout-fields.tsx';
import { ServiceChoice } from './service-choice.tsx';
import { useDeploymentForm } from './use-deployment-form.ts';
import { useRecipes } from './use-recipes.ts';
import { WildcardName } from './wildcard-name.tsx';
import { WindowFields } from './window-fields.tsx';

const text = deploymentTexts.form;
const route = getRouteApi('/projects/$id/deploy');

export function NewDeploymentPage() {
  const { id } = route.useParams();
  const api = useApi();
  const project = useQuery(api.projects.get.queryOptions({ id }));
  const recipes = useRecipes();
  const name = project.data?.domain ?? project.data?.name ?? '';
  return (
    <Page title={text.title(name)} width="narrow" above={<BackToProject id={id} label={name} />}>
      <QueryView query={project} lines={8}>
        {(data) => (
          <QueryView query={recipes} lines={8}>
            {(known) => <NewDeployment key={data.id} project={data} recipes={known.recipes} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  );
}

interface FormProps {
  readonly project: ListedProject;
  readonly recipes: readonly RecipeInfo[];
}

function NewDeployment({ project, recipes }: FormProps) {
  const { recipe: wanted, host } = route.useSearch();
  const navigate = useNavigate();
  const api = useApi();
  const create = useMutation(api.deployments.create.mutationOptions());
  const test = useMutation({ ...api.deployments.testNew.mutationOptions(), gcTime: 0 });
  const recipeOf = (service: string) => recipes.find(({ id }) => id === service);
  const form = useDeploymentForm(
    () => newDeployment(serviceOf(wanted, recipes), host),
    [create, test],
    (service) => recipeOf(service)?.fields.map(({ name }) => `options.${name}`) ?? [],
  );
  const { values, errors, failure, change } = form;
  const recipe = recipeOf(values.service);
  const part = { values, errors, onChange: change };
  const fields = recipe?.fields ?? [];
  const save = (enabled: boolean): void => {
    if (!form.accept(checkDeployment(values, recipe, project.domain))) return;
    create.mutate(
      { id: project.id, body: toCreateDeployment(values, recipe, enabled) },
      {
        onSuccess({ id: deploymentId }) {
          notifyDone(text.saved);
          void navigate({
            to: '/deployments/$deploymentId',
            params: { deploymentId },
            ignoreBlocker: true,
          });
        },
      },
    );
  };
  const tryOut = (): void => {
    if (!form.accept(checkDeployment(values, recipe, project.domain))) return;
    create.reset();
    test.mutate({ id: project.id, body: toCreateDeployment(values, recipe) });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save(true);
      }}
    >
      <Stack gap="lg">
        {project.certificate === null && (
          <Notice tone="info" role="status">
            <Text>{text.needsCertificate}</Text>
          </Notice>
        )}
        <Panel>
          <Stack gap="md">
            <ServiceChoice
              recipes={recipes}
              service={values.service}
              onChange={(service) => change(withService(values, service))}
            />
            {!isHostlessService(values.service) && <HostChoice {...part} projectId={project.id} />}
            <RecipeFields {...part} fields={fields.filter(isMainField)} domain={project.domain} />
            <WildcardName {...part} recipe={recipe} domain={project.domain} />
            {isWithoutRecipe(values.service) ? (
              <>
                <DeploymentFields {...part} scriptLines={null} />
                <NameField {...part} />
              </>
            ) : (
              <Advanced {...part} project={project} recipe={recipe} />
            )}
            <WindowFields {...part} />
            <RolloutFields {...part} projectId={project.id} />
          </Stack>
        </Panel>
        <LivePreview project={project} values={values} recipe={recipe} />
        <DraftTest result={test.data} pending={test.isPending} onTest={tryOut} />
        {failure !== null && <FailureNotice error={failure} />}
        <Stack gap="xs">
          <FormActions>
            <LinkButton
              variant="default"
              to="/projects/$id"
              params={{ id: project.id }}
              search={{ tab: 'deployments' }}
            >
              {messages.cancel}
            </LinkButton>
            <Button variant="default" disabled={create.isPending} onClick={() => save(false)}>
              {text.savePaused}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {text.submit}
            </Button>
          </FormActions>
          <Text c="dimmed" fz="sm" ta="right">
            {text.savePausedHint}
          </Text>
        </Stack>
      </Stack>
    </form>
  );
}

/** Returns the service of the address, if it is known; else the first recipe. */
function serviceOf(wanted: string | undefined, recipes: readonly RecipeInfo[]): string {
  const known = wanted !== undefined && (isWithoutRecipe(wanted) || recipes.some(({ id }) => id === wanted));
  return known ? wanted : (recipes[0]?.id ?? 'files');
}
