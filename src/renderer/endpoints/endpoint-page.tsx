// The page of an endpoint: what each of its addresses presented, and the chains as they were sent.
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatEndpoint } from '../../shared/endpoint-names.ts';
import type { AddressReport, EndpointDetail } from '../../shared/endpoint-record.ts';
import { useApi } from '../api.ts';
import { formatList } from '../format.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { Chip } from '../ui/chip.tsx';
import { Facts } from '../ui/facts.tsx';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { AddressTable } from './address-table.tsx';
import { ENDPOINT_FACES } from './faces.ts';
import { ManageCertificate } from './manage-certificate.tsx';
import { openEditEndpoint } from './open-dialogs.tsx';
import { ProjectLinks } from './project-links.tsx';
import { openRemoveEndpoint } from './remove-endpoint.tsx';
import { SentChain } from './sent-chain.tsx';

const text = endpointTexts;
const route = getRouteApi('/endpoints/$id');

export function EndpointPage() {
  const { id } = route.useParams();
  const api = useApi();
  const endpoint = useQuery(api.endpoints.get.queryOptions({ endpointId: id }));
  const title = endpoint.data === undefined ? '' : formatEndpoint(endpoint.data);
  return (
    <Page
      title={title}
      above={<BackToList />}
      heading={endpoint.data && <Heading endpoint={endpoint.data} title={title} />}
      description={endpoint.data && text.protocols[endpoint.data.protocol]}
      actions={endpoint.data && <Actions endpoint={endpoint.data} />}
    >
      <QueryView query={endpoint} lines={8}>
        {(data) => <Detail endpoint={data} />}
      </QueryView>
    </Page>
  );
}

function BackToList() {
  return (
    <TextLink to="/endpoints" c="dimmed" fz="sm" mb={4} className="back-link">
      <IconArrowLeft size={16} aria-hidden />
      {text.back}
    </TextLink>
  );
}

function Heading({ endpoint, title }: { readonly endpoint: EndpointDetail; readonly title: string }) {
  return (
    <Group gap="sm" component="span">
      {title}
      <Chip face={ENDPOINT_FACES[endpoint.state]} />
    </Group>
  );
}

function Actions({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const api = useApi();
  const queries = useQueryClient();
  const { id } = endpoint;
  const check = useMutation(
    api.endpoints.check.mutationOptions({
      onSuccess: (checked) => {
        queries.setQueryData(api.endpoints.get.queryKey({ endpointId: id }), checked);
        notifyDone(text.check.done);
      },
      onError: notifyFailure,
    }),
  );
  return (
    <>
      <Button
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={check.isPending}
        onClick={() => check.mutate({ endpointId: id })}
      >
        {text.check.action}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPencil size={16} aria-hidden />}
        onClick={() => openEditEndpoint(endpoint)}
      >
        {text.edit.action}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => openRemoveEndpoint(endpoint)}
      >
        {text.remove.action}
      </Button>
    </>
  );
}

const TONES = { new: 'info', ok: 'ok', warning: 'warn', problem: 'bad', unknown: 'info' } as const;

function Detail({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { state, sentence, reports, general, unmanaged } = endpoint;
  return (
    <Stack gap="md">
      {sentence !== null && <Notice tone={TONES[state]}>{sentence}</Notice>}
      {unmanaged !== null && <ManageCertificate certificate={unmanaged} />}
      {general.length > 0 && (
        <Panel title={text.detail.general}>
          <Stack gap="xs">
            {general.map(({ code, message, advice }) => (
              <Text key={`${code} ${message}`} style={{ overflowWrap: 'anywhere' }}>
                {message}{' '}
                <Text span c="dimmed">
                  {advice}
                </Text>
              </Text>
            ))}
          </Stack>
        </Panel>
      )}
      <Panel title={text.detail.addresses} flush>
        {reports.length === 0 ? (
          <Text p="md" c="dimmed">
            {state === 'new' ? text.detail.none : text.detail.nothing}
          </Text>
        ) : (
          <AddressTable reports={reports} />
        )}
      </Panel>
      {groupByChain(reports).map(({ addresses, chain }) => (
        <Panel key={addresses.join()} title={text.detail.chainOf(formatList(addresses))}>
          <SentChain chain={chain} />
        </Panel>
      ))}
      <Panel title={text.detail.definition}>
        <Definition endpoint={endpoint} />
      </Panel>
    </Stack>
  );
}

function Definition({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { checkedAt, nextCheckAt, serverName, expected, projectIds, trust } = endpoint;
  const wanted =
    expected === 'any'
      ? text.detail.expectedAny
      : projectIds.length === 0
        ? text.detail.expectedNothing
        : text.detail.expectedProjects;
  return (
    <Facts
      facts={[
        checkedAt === null ? null : { label: text.detail.checked, value: <Time at={checkedAt} /> },
        { label: text.detail.next, value: <Time at={nextCheckAt} /> },
        { label: text.detail.serverName, value: <Wrapped>{serverName ?? text.detail.noServerName}</Wrapped> },
        { label: text.detail.expected, value: wanted },
        projectIds.length === 0
          ? { label: text.detail.projects, value: text.monitored }
          : {
              label: text.detail.projects,
              value: (
                <Wrapped>
                  <ProjectLinks ids={projectIds} />
                </Wrapped>
              ),
            },
        {
          label: text.detail.trust,
          value: trust === 'system' ? text.detail.trustSystem : text.detail.trustOwn,
        },
      ]}
    />
  );
}

/** Names are longer than a narrow screen. */
function Wrapped({ children }: { readonly children: ReactNode }) {
  return <span style={{ overflowWrap: 'anywhere' }}>{children}</span>;
}

/** Usually all addresses send the same chain, which is drawn once. */
function groupByChain(reports: readonly AddressReport[]) {
  const sent = reports.filter(({ chain }) => chain.length > 0);
  const groups = Map.groupBy(sent, ({ chain }) => chain.map(({ fingerprint }) => fingerprint).join());
  return [...groups.values()].map((group) => ({
    addresses: [...new Set(group.map(({ address }) => address))],
    chain: group[0]?.chain ?? [],
  }));
}
