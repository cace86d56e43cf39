// Asks where a new certificate is used, and offers to deploy it there. For a project without deployments.

import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import listClasses from '../lists/lists.module.css';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Panel } from '../ui/panel.tsx';
import classes from './deployments.module.css';
import { useRecipes } from './use-recipes.ts';

const text = deploymentTexts.whereUsed;

/** Renders nothing if the project has a deployment. */
export function WhereUsedOffer({ project }: { readonly project: ListedProject }) {
  const api = useApi();
  const deployments = useQuery(api.deployments.list.queryOptions({ project: project.id, limit: 1 }));
  if (deployments.data === undefined || deployments.data.counts.total > 0) return null;
  return <WhereUsed project={project} />;
}

export function WhereUsed({ project }: { readonly project: ListedProject }) {
  const recipes = useRecipes().data?.recipes ?? [];
  return (
    <Panel title={text.title}>
      <Stack gap="md">
        <Text>{text.text}</Text>
        <ul className={classes.choices}>
          {recipes.map(({ id, name }) => (
            <li key={id}>
              <Link
                to="/projects/$id/deploy"
                params={{ id: project.id }}
                search={{ recipe: id }}
                className={classes.choice}
              >
                <span className={classes.choiceName}>{text.recipe(name)}</span>
              </Link>
            </li>
          ))}
          <li>
            <Link
              to="/projects/$id/deploy"
              params={{ id: project.id }}
              search={{ recipe: 'files' }}
              className={classes.choice}
            >
              <span className={classes.choiceName}>{text.other}</span>
              <span className={listClasses.second}>{text.otherHint}</span>
            </Link>
          </li>
        </ul>
      </Stack>
    </Panel>
  );
}
