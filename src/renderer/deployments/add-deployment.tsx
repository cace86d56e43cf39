// Adds a deployment from the list of all deployments: a deployment belongs to a project, which is chosen first.

import { Button, Group, Select, Stack } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { messages } from '../messages.ts';
import { useProjectOptions } from '../projects/use-project-options.ts';
import { openDialog } from '../ui/dialog.tsx';
import { QueryView } from '../ui/query-view.tsx';

const text = deploymentTexts;

export function AddDeploymentButton() {
  return (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => openDialog({ title: text.add, children: <ChooseProject /> })}
    >
      {text.add}
    </Button>
  );
}

function ChooseProject() {
  const api = useApi();
  const first = useQuery(api.projects.list.queryOptions({ limit: 2, sort: 'domain' }));
  return (
    <QueryView query={first} lines={3}>
      {({ projects }) => <ProjectForm only={projects.length === 1 ? (projects[0]?.id ?? null) : null} />}
    </QueryView>
  );
}

/** @param only The project to begin with, if there is no other one. */
function ProjectForm({ only }: { readonly only: string | null }) {
  const navigate = useNavigate();
  const [id, setId] = useState(only);
  const { data, search, setSearch } = useProjectOptions(id === null ? [] : [id]);
  const [missing, setMissing] = useState(false);
  const submit = (): void => {
    setMissing(id === null);
    if (id === null) return;
    modals.closeAll();
    void navigate({ to: '/projects/$id/deploy', params: { id } });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <Select
          label={text.ofWhichProject}
          description={text.ofWhichProjectHint}
          data-autofocus
          withAsterisk
          searchable
          data={data}
          value={id}
          error={missing ? text.projectMissing : null}
          onChange={setId}
          searchValue={search}
          onSearchChange={setSearch}
          filter={({ options }) => options}
          nothingFoundMessage={text.noProject}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => modals.closeAll()}>
            {messages.cancel}
          </Button>
          <Button type="submit">{messages.next}</Button>
        </Group>
      </Stack>
    </form>
  );
}
