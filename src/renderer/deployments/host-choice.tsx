// Chooses the hosts of a deployment: some of them, or all with a tag.

import {
  Button,
  Group,
  Input,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useApi } from '../api.ts';
import { NEW_HOST, toCreateHost } from '../hosts/host-values.ts';
import listClasses from '../lists/lists.module.css';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { refetch } from '../refetch.ts';
import { TextLink } from '../ui/link.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import type { PartProps } from './deployment-values.ts';
import classes from './deployments.module.css';

const text = deploymentTexts.form;

export interface HostChoiceProps extends PartProps {
  /** The project to return to after a host is added, if there is one. */
  readonly projectId?: string;
}

export function HostChoice({ values, errors, projectId, onChange }: HostChoiceProps) {
  const api = useApi();
  const query = useQuery(api.hosts.list.queryOptions());
  const hosts = query.data?.hosts ?? [];
  const back = projectId === undefined ? {} : { project: projectId, recipe: values.service };
  const here = useThisMachine((id) => onChange({ selection: 'ids', hostIds: [...values.hostIds, id] }));
  if (query.data !== undefined && hosts.length === 0) {
    return (
      <Input.Wrapper
        label={text.whereDoesItRun}
        labelElement="div"
        withAsterisk
        {...(errors.hosts === undefined ? {} : { error: errors.hosts })}
      >
        <ul className={`${classes.choices} ${classes.wideChoices}`}>
          <li>
            <UnstyledButton className={classes.choice} disabled={here.isPending} onClick={here.use}>
              <span className={classes.choiceName}>{text.here}</span>
              <span className={listClasses.second}>{text.hereHint}</span>
            </UnstyledButton>
          </li>
          <li>
            <Link to="/hosts/new" search={back} className={classes.choice}>
              <span className={classes.choiceName}>{text.elsewhere}</span>
              <span className={listClasses.second}>{text.elsewhereHint}</span>
            </Link>
          </li>
        </ul>
      </Input.Wrapper>
    );
  }
  const isHereKnown = hosts.some(({ transport }) => transport === 'local');
  const tags = [...new Set(hosts.flatMap((host) => host.tags))].sort();
  const tagged = hosts.filter((host) => values.tag !== null && host.tags.includes(values.tag));
  return (
    <Stack gap="xs">
      {(tags.length > 0 || values.selection === 'tag') && (
        <SegmentedControl
          style={{ alignSelf: 'flex-start' }}
          size="xs"
          aria-label={text.selection}
          data={[
            { value: 'ids', label: text.byIds },
            { value: 'tag', label: text.byTag },
          ]}
          value={values.selection}
          onChange={(selection) => onChange({ selection: selection as 'ids' | 'tag' })}
        />
      )}
      {values.selection === 'ids' ? (
        <MultiSelect
          label={text.hosts}
          description={text.hostsHint}
          withAsterisk
          searchable
          hidePickedOptions
          data={hosts.map(({ id, name }) => ({ value: id, label: name }))}
          value={values.hostIds}
          error={errors.hosts}
          onChange={(hostIds) => onChange({ hostIds })}
        />
      ) : (
        <>
          <Select
            label={text.tag}
            description={text.tagHint}
            withAsterisk
            data={tags}
            value={values.tag}
            error={errors.hosts}
            onChange={(tag) => onChange({ tag })}
          />
          {tagged.length > 0 && (
            <Text fz="sm" c="dimmed">
              {text.tagged(tagged.map(({ name }) => name))}
            </Text>
          )}
        </>
      )}
      <Group gap="md">
        <TextLink fz="sm" to="/hosts/new" search={back}>
          {text.addAnotherHost}
        </TextLink>
        {query.data !== undefined && !isHereKnown && (
          <Button variant="default" size="compact-sm" loading={here.isPending} onClick={here.use}>
            {text.here}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Adds the machine of Certdesk to the hosts. @param onAdded Called with its ID once the list has it. */
function useThisMachine(onAdded: (id: string) => void) {
  const api = useApi();
  const queries = useQueryClient();
  const create = useMutation(
    api.hosts.create.mutationOptions({
      async onSuccess({ id }) {
        await refetch(queries, api.hosts.list.queryFilter());
        onAdded(id);
        notifyDone(text.hereAdded);
      },
      onError: notifyFailure,
    }),
  );
  const body = toCreateHost({ ...NEW_HOST, transport: 'local' }, null, []);
  return { isPending: create.isPending, use: () => create.mutate({ body }) };
}
