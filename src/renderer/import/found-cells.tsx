// The cells of a certificate that a scan found: names with remarks, key and renewal.
import { Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconPlayerPause } from '@tabler/icons-react';
import type { FoundCertificate, FoundDeploymentInfo } from '../../shared/import.ts';
import { imports as importTexts } from '../messages/import.ts';
import { Chip } from '../ui/chip.tsx';
import { TextLink } from '../ui/link.tsx';
import { ServerText } from '../ui/time.tsx';

const text = importTexts;

export function FoundNames({ found }: { readonly found: FoundCertificate }) {
  const { names, source, issuer } = found;
  return (
    <>
      <Text fw={550}>{names.length === 0 ? text.unreadable : names.join(', ')}</Text>
      <Text fz="xs" c="dimmed">
        {issuer === null ? source : `${issuer} · ${source}`}
      </Text>
      <Remarks found={found} />
      {found.importable && found.deployments.map((each) => <AfterRenewal key={each.name} found={each} />)}
    </>
  );
}

/** What the other client did after a renewal, as the deployment that the import creates. */
function AfterRenewal({ found }: { readonly found: FoundDeploymentInfo }) {
  const { name, paused, sentences, notes } = found;
  return (
    <Stack gap={2} mt={6}>
      <Group gap="xs">
        <Text fz="sm" fw={550}>
          {text.deployment(name)}
        </Text>
        {paused && <Chip face={{ tone: 'warn', icon: IconPlayerPause, label: text.createdPaused }} />}
      </Group>
      <List fz="sm">
        {[...sentences, ...notes].map((sentence) => (
          <List.Item key={sentence} style={{ overflowWrap: 'anywhere' }}>
            <ServerText>{sentence}</ServerText>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function Remarks({
  found: { problems, notes, importable, sameDomain },
}: {
  readonly found: FoundCertificate;
}) {
  const remarks = [...problems, ...(importable ? notes : [])];
  if (remarks.length === 0 && sameDomain === null) return null;
  return (
    <List fz="sm" mt={6} c={importable ? undefined : 'dimmed'}>
      {remarks.map((remark) => (
        <List.Item key={remark}>
          <ServerText>{remark}</ServerText>
        </List.Item>
      ))}
      {sameDomain !== null && (
        <List.Item>
          {text.sameDomain}{' '}
          <TextLink to="/projects/$id" params={{ id: sameDomain.id }}>
            {text.seeProject(sameDomain.name)}
          </TextLink>
        </List.Item>
      )}
    </List>
  );
}

export function FoundKey({ state }: { readonly state: FoundCertificate['key'] }) {
  const label = text.key[state];
  if (state === 'matches') return <Chip face={{ tone: 'ok', icon: IconCircleCheck, label }} />;
  return <Chip face={{ tone: 'bad', icon: IconCircleX, label }} />;
}

export function FoundRenewal({
  found: { method, project, importable },
}: {
  readonly found: FoundCertificate;
}) {
  if (project !== null) {
    return (
      <>
        <Text fz="sm">{text.already}</Text>
        <TextLink to="/projects/$id" params={{ id: project.id }}>
          {text.seeProject(project.name)}
        </TextLink>
      </>
    );
  }
  if (!importable) return null;
  if (method === null) return <Text fz="sm">{text.notRenewed}</Text>;
  const { challengeType, dnsProvider, autoRenew, account, staging } = method;
  return (
    <>
      <Text fz="sm">{text.methodOf(text.method[challengeType], dnsProvider)}</Text>
      {autoRenew ? (
        <Text fz="xs" c="dimmed">
          {text.automatic}
        </Text>
      ) : (
        <Chip face={{ tone: 'warn', icon: IconAlertTriangle, label: text.autoRenewOff }} />
      )}
      {account === 'found' && (
        <Text fz="xs" c="dimmed">
          {text.sameAccount}
        </Text>
      )}
      {staging && (
        <Text fz="xs" c="dimmed">
          {text.staging}
        </Text>
      )}
    </>
  );
}
