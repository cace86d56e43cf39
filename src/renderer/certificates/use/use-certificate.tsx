// What to do with a certificate once it is issued: download it, set up a server, fetch it from a script.
import { Anchor, Button, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { SERVER_NAMES, SERVERS, type Server, snippetFor } from '../../../shared/server-snippets.ts';
import { useAppContext } from '../../app-context.ts';
import { certificates as certificateTexts } from '../../messages/certificates.ts';
import { use as text } from '../../messages/use.ts';
import type { ProjectRowData } from '../../projects/use-project-list.ts';
import { openCreateDownloadToken } from '../../tokens/create-token.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Downloads } from './downloads.tsx';
import { fetchCommands } from './fetch-commands.ts';

export interface UseCertificateProps {
  readonly project: ProjectRowData;
  readonly certificate: NonNullable<ProjectRowData['certificate']>;
}

export function UseCertificate({ project, certificate }: UseCertificateProps) {
  return (
    <Stack gap="md">
      <Downloads id={project.id} />
      <SetUpServer names={namesOf(certificate)} />
      <FetchIt project={project} domain={certificate.domain} />
    </Stack>
  );
}

/** The domain first: files are named after it. */
function namesOf({ domain, names }: UseCertificateProps['certificate']): readonly string[] {
  return [domain, ...names.filter((name) => name !== domain)];
}

function SetUpServer({ names }: { readonly names: readonly string[] }) {
  return (
    <Panel title={text.server.title}>
      <Tabs defaultValue={SERVERS[0]} keepMounted={false} variant="pills">
        <Tabs.List aria-label={text.server.choose} mb="md">
          {SERVERS.map((server) => (
            <Tabs.Tab key={server} value={server}>
              {SERVER_NAMES[server]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SERVERS.map((server) => (
          <Tabs.Panel key={server} value={server}>
            <Steps server={server} names={names} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Panel>
  );
}

function Steps({ server, names }: { readonly server: Server; readonly names: readonly string[] }) {
  const { files, install, configFile, config, reload } = snippetFor(server, names);
  const { server: words } = text;
  return (
    <Stack gap="sm">
      <div>
        <Text>{words.files}</Text>
        <ul style={{ margin: '0.25rem 0 0' }}>
          {files.map((file) => (
            <li key={file} className="mono" style={{ overflowWrap: 'anywhere' }}>
              {file}
            </li>
          ))}
        </ul>
      </div>
      <Text>{words.install}</Text>
      <CodeBlock code={install} what={words.installCode} />
      <Text style={{ overflowWrap: 'anywhere' }}>{words.config(configFile)}</Text>
      <CodeBlock code={config} what={words.configCode(SERVER_NAMES[server])} />
      <Text>{words.reload}</Text>
      <CodeBlock code={reload} what={words.reloadCode} />
      <Text c="dimmed" fz="sm">
        {words.renewal}
      </Text>
    </Stack>
  );
}

interface FetchProps {
  readonly project: ProjectRowData;
  readonly domain: string;
}

function FetchIt({ project: { id }, domain }: FetchProps) {
  const { server } = useAppContext();
  const { fetch: words } = text;
  const { curl, cli } = fetchCommands(server, id, domain);
  return (
    <Panel title={words.title}>
      <Stack gap="sm">
        <Text>{words.text}</Text>
        <Group gap="sm">
          <Button variant="default" onClick={() => openCreateDownloadToken({ id, name: domain })}>
            {words.token}
          </Button>
          <Anchor href={`${server}/docs/fetch-certificates.html`} target="_blank" rel="noreferrer" fz="sm">
            {words.guide}
          </Anchor>
          <Anchor href={`${server}/api/docs`} target="_blank" rel="noreferrer" fz="sm">
            {certificateTexts.api.docs}
          </Anchor>
        </Group>
        <Title order={3}>{words.curl}</Title>
        <CodeBlock code={curl} what={words.curl} />
        <Title order={3}>{words.cli}</Title>
        <CodeBlock code={cli} what={words.cli} />
      </Stack>
    </Panel>
  );
}
