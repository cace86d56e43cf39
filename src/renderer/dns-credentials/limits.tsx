// The limits of a saved credential: all projects and zones, or only some.
import { Button, Group, Stack, TagsInput, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { DnsCredential } from '../../shared/dns-credential.ts';
import { useApi } from '../api.ts';
import { dns as dnsTexts } from '../messages/dns.ts';
import { messages } from '../messages.ts';
import { ProjectSelect } from '../tokens/project-select.tsx';
import { openDialog } from '../ui/dialog.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { formErrors } from '../ui/form-errors.ts';
import { closeDone } from '../ui/notify.tsx';

const text = dnsTexts.limits;

/** Empty lists mean no limit. */
export interface Limits {
  readonly projectIds: string[];
  readonly zones: string[];
}

export const NO_LIMITS: Limits = { projectIds: [], zones: [] };

/** Converts the form's values to the API's. */
export function limitsOf({ projectIds, zones }: Limits) {
  return {
    projectIds: projectIds.length === 0 ? null : projectIds,
    zones: zones.length === 0 ? null : zones,
  };
}

interface FieldsProps {
  readonly value: Limits;
  readonly zonesError?: string | undefined;
  onChange(value: Limits): void;
}

export function LimitFields({ value, zonesError, onChange }: FieldsProps) {
  return (
    <>
      <ProjectSelect
        label={text.projects}
        description={text.projectsHint}
        value={value.projectIds}
        onChange={(projectIds) => onChange({ ...value, projectIds })}
      />
      <TagsInput
        label={text.zones}
        description={text.zonesHint}
        placeholder={value.zones.length === 0 ? 'example.com' : ''}
        value={value.zones}
        error={zonesError}
        onChange={(zones) => onChange({ ...value, zones })}
        acceptValueOnBlur
        clearable
      />
    </>
  );
}

export function openLimits(credential: DnsCredential): void {
  openDialog({
    title: text.title(credential.name),
    size: 'lg',
    children: <LimitsDialog credential={credential} />,
  });
}

function LimitsDialog({ credential }: { readonly credential: DnsCredential }) {
  const api = useApi();
  const [limits, setLimits] = useState<Limits>({
    projectIds: credential.projectIds ?? [],
    zones: credential.zones ?? [],
  });
  const save = useMutation(
    api.dnsCredentials.update.mutationOptions({ onSuccess: () => closeDone(text.saved) }),
  );
  const zonesError = save.error === null ? undefined : formErrors(save.error, ['zones']).zones;
  return (
    <Stack gap="md">
      <Text>{text.text}</Text>
      <LimitFields value={limits} zonesError={zonesError} onChange={setLimits} />
      {save.error !== null && zonesError === undefined && <FailureNotice error={save.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => modals.closeAll()}>
          {messages.cancel}
        </Button>
        <Button
          loading={save.isPending}
          onClick={() => save.mutate({ credentialId: credential.id, body: limitsOf(limits) })}
        >
          {text.save}
        </Button>
      </Group>
    </Stack>
  );
}

/** Summarizes the limits in the table: zones by name, projects by count. */
export function LimitSummary({ projectIds, zones }: Pick<DnsCredential, 'projectIds' | 'zones'>) {
  return (
    <>
      <div>{projectIds === null ? text.allProjects : dnsTexts.users(projectIds.length)}</div>
      <Text size="xs" c="dimmed">
        {zones === null ? text.allZones : zones.join(', ')}
      </Text>
    </>
  );
}
