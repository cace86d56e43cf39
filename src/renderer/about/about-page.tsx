// The About page: version, health, CAs and the API reference.
import { Anchor, Badge, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api.ts';
import { useAppContext } from '../app-context.ts';
import { about as aboutTexts } from '../messages/about.ts';
import { Facts } from '../ui/facts.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Diagnostics } from './diagnostics.tsx';

const text = aboutTexts;

export function AboutPage() {
  const { server } = useAppContext();
  return (
    <Page title={text.title} description={text.description}>
      <Stack gap="md">
        <Health />
        <Diagnostics />
        <Authorities />
        <Panel title={text.apiDocs}>
          <Text mb="xs">{text.apiDocsText}</Text>
          <Anchor href={`${server}/api/docs`} target="_blank" rel="noreferrer">
            {text.apiDocsLink}
          </Anchor>
        </Panel>
      </Stack>
    </Page>
  );
}

function Health() {
  const api = useApi();
  const health = useQuery({ ...api.system.health.queryOptions(), refetchInterval: 30_000 });
  return (
    <Panel title={text.health}>
      <QueryView query={health}>
        {({ ok, secretStore }) => (
          <Stack gap="md">
            <Notice tone={ok ? 'ok' : 'bad'}>{ok ? text.healthy : text.secretStoreUnavailable}</Notice>
            <Facts facts={[{ label: text.secretStore, value: text.secretStores[secretStore] }]} />
          </Stack>
        )}
      </QueryView>
    </Panel>
  );
}

function Authorities() {
  const api = useApi();
  const cas = useQuery(api.system.cas.queryOptions());
  return (
    <Panel title={text.cas}>
      <Text c="dimmed" mb="xs">
        {text.casHint}
      </Text>
      <QueryView query={cas}>
        {(data) => (
          <Table>
            <Table.Tbody>
              {data.cas.map((ca) => (
                <Table.Tr key={ca.id}>
                  <Table.Td>
                    <Group gap="0.125rem 0.75rem">
                      {ca.name}
                      {ca.needsEab && <Mark label={text.needsEab} />}
                      {ca.stagingUrl !== null && <Mark label={text.hasStaging} />}
                    </Group>
                  </Table.Td>
                  <Table.Td ta="right">
                    <Anchor
                      href={ca.docs}
                      target="_blank"
                      rel="noreferrer"
                      aria-label={`${text.caDocs}: ${ca.name}`}
                    >
                      {text.caDocs}
                    </Anchor>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </QueryView>
    </Panel>
  );
}

function Mark({ label }: { readonly label: string }) {
  return (
    <Badge variant="light" color="gray" tt="none">
      {label}
    </Badge>
  );
}
