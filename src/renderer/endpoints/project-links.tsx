// Links to projects by their ids.
import { useQueries } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useApi } from '../api.ts';
import { TextLink } from '../ui/link.tsx';

export function ProjectLinks({ ids }: { readonly ids: readonly string[] }) {
  const api = useApi();
  const projects = useQueries({ queries: ids.map((id) => api.projects.get.queryOptions({ id })) });
  return ids.map((id, at) => {
    const project = projects[at]?.data;
    return (
      <Fragment key={id}>
        {at > 0 && ', '}
        <TextLink to="/projects/$id" params={{ id }}>
          {project?.domain ?? project?.name ?? id}
        </TextLink>
      </Fragment>
    );
  });
}
