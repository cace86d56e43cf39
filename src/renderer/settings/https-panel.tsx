// HTTPS of the API and the GUI: which certificate it serves, and the settings.
import { Select, Stack, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { HttpsState } from '../../shared/https.ts';
import type { Settings } from '../../shared/settings.ts';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { messages } from '../messages.ts';
import { useProjectOptions } from '../projects/use-project-options.ts';
import { Facts } from '../ui/facts.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { SettingsForm, useSectionForm } from './settings-form.tsx';

const text = settingsTexts.https;

export function HttpsPanel({ https }: { readonly https: Settings['https'] }) {
  const api = useApi();
  const state = useQuery(api.system.https.queryOptions());
  return (
    <Panel title={text.title}>
      <Stack gap="lg">
        <QueryView query={state}>{(data) => <Served state={data.https} />}</QueryView>
        <HttpsForm https={https} />
      </Stack>
    </Panel>
  );
}

const ANYWHERE = { overflowWrap: 'anywhere' } as const;

function Served({ state }: { readonly state: HttpsState | null }) {
  if (state === null) return <Notice tone="idle" title={text.off} />;
  const { certificate, message, names, fingerprint, expiresAt, trusted, redirect } = state;
  return (
    <Stack gap="md">
      {message !== null && (
        <Notice tone="warn" title={text.problem}>
          <ServerText>{message}</ServerText>
        </Notice>
      )}
      {redirect === 'no-port' && <Notice tone="warn" title={text.noRedirectPort} />}
      <Facts
        facts={[
          { label: text.certificate, value: messages.overview.engine.httpsCertificates[certificate] },
          { label: text.names, value: <span style={ANYWHERE}>{names.join(', ')}</span> },
          { label: text.expires, value: <Time at={expiresAt} as="date" /> },
          {
            label: text.fingerprint,
            value: (
              <span className="mono" style={ANYWHERE}>
                {fingerprint}
              </span>
            ),
          },
          { label: text.hsts, value: trusted && certificate !== 'self-signed' ? text.hstsOn : text.hstsOff },
        ]}
      />
    </Stack>
  );
}

function HttpsForm({ https }: { readonly https: Settings['https'] }) {
  const section = useSectionForm<Settings['https']>('https', { ...https }, (values) => ({ https: values }));
  const { form } = section;
  const { projectId } = form.values;
  const { data, search, setSearch } = useProjectOptions(projectId === null ? [] : [projectId]);
  return (
    <SettingsForm of={section}>
      <Switch
        label={text.enabled}
        description={text.enabledHint}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
      <Select
        label={text.project}
        description={text.projectHint}
        placeholder={text.noProject}
        data={data}
        searchable
        searchValue={search}
        onSearchChange={setSearch}
        filter={({ options }) => options}
        nothingFoundMessage={messages.shell.palette.nothing}
        clearable
        maw={480}
        {...form.getInputProps('projectId')}
      />
      <Switch
        label={text.redirect}
        description={text.redirectHint}
        {...form.getInputProps('redirectHttp', { type: 'checkbox' })}
      />
    </SettingsForm>
  );
}
