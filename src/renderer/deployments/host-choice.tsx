// Chooses the hosts of a deployment: some of them, or all with a tag.

import { Group, MultiSelect, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { LinkButton, TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import type { PartProps } from './deployment-values.ts';

const text = deploymentTexts.form;

export interface HostChoiceProps extends PartProps {
  /** The project to return to after a host is added, if there is one. */
  readonly projectId?: string;
}

export function HostChoice({ values, errors, projectId, onChange }: HostChoiceProps) {
  const api = useApi();
  const query = useQuery(api.hosts.list.queryOptions());
  const hosts = query.data?.hosts ?? [];
  const back = projectId === undefined ? {} : { project: projectId };
  if (query.data !== undefined && hosts.length === 0) {
    return (
      <Notice tone="info" title={text.noHosts} role="status">
        <LinkButton size="xs" mt="xs" to="/hosts/new" search={back}>
          {text.addHost}
        </LinkButton>
      </Notice>
    );
  }
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
      <Group gap="xs">
        <TextLink fz="sm" to="/hosts/new" search={back}>
          {text.addAnotherHost}
        </TextLink>
      </Group>
    </Stack>
  );
}
