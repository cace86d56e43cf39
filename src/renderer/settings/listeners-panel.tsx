// The current listeners with their errors, and the ports after the next start.
import { Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { ChallengeNotice } from '../certificates/challenge-notice.tsx';
import { settings as settingsTexts } from '../messages/settings.ts';
import { Facts } from '../ui/facts.tsx';
import { FailureNotice } from '../ui/failure.tsx';
import { numberOf } from '../ui/field-checks.ts';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { useUnsavedWarning } from '../ui/use-unsaved-warning.ts';
import { useSectionForm } from './settings-form.tsx';

const text = settingsTexts.listeners;
export function ListenersPanel({ listeners }: { readonly listeners: Settings['listeners'] }) {
  const api = useApi();
  const diagnostics = useQuery(api.system.diagnostics.queryOptions());
  return (
    <Panel title={text.title}>
      <Stack gap="md">
        <QueryView query={diagnostics}>
          {(data) => (
            <Facts
              facts={[
                { label: text.api, value: data.listeners.api ?? text.closed },
                { label: text.challenges, value: data.listeners.challenges ?? text.closed },
                { label: text.alpn, value: data.listeners.alpn ?? text.off },
                { label: text.secretStore, value: data.secretStore.reason },
                { label: text.resolvers, value: data.resolvers.join(', ') },
              ]}
            />
          )}
        </QueryView>
        <ChallengeNotice />
        <Ports listeners={listeners} />
        <Text c="dimmed" fz="xs">
          {text.hint}
        </Text>
      </Stack>
    </Panel>
  );
}

interface PortValues {
  readonly apiPort: number | string;
  readonly challengePort: number | string;
}

function Ports({ listeners }: { readonly listeners: Settings['listeners'] }) {
  const { form, saving, failure, submit } = useSectionForm<PortValues>('listeners', listeners, (values) => ({
    listeners: { apiPort: numberOf(values.apiPort), challengePort: numberOf(values.challengePort) },
  }));
  useUnsavedWarning(form.isDirty());
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap={4}>
        <Group gap="md" align="flex-end">
          {(['apiPort', 'challengePort'] as const).map((field) => (
            <NumberInput
              key={field}
              flex={1}
              label={text[field]}
              min={1}
              max={65_535}
              allowDecimal={false}
              {...form.getInputProps(field)}
            />
          ))}
          <Button type="submit" variant="default" disabled={!form.isDirty()} loading={saving}>
            {settingsTexts.save}
          </Button>
        </Group>
        {failure !== null && <FailureNotice error={failure} />}
        <Text c="dimmed" fz="xs">
          {text.portHint}
        </Text>
      </Stack>
    </form>
  );
}
