// The result of an import for each certificate.
import { Button, Group, List, Stack, Table, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ImportedCertificate } from '../../shared/import.ts';
import { imports as importTexts } from '../messages/import.ts';
import { Chip } from '../ui/chip.tsx';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import type { Face } from '../ui/status-style.ts';
import { ServerText } from '../ui/time.tsx';

const text = importTexts;

const FACES: Readonly<Record<ImportedCertificate['outcome'], Face>> = {
  imported: { tone: 'ok', icon: IconCircleCheck, label: text.outcome.imported },
  already: { tone: 'idle', icon: IconCircleDashed, label: text.outcome.already },
  refused: { tone: 'bad', icon: IconCircleX, label: text.outcome.refused },
};

export interface ImportResultsProps {
  readonly imported: readonly ImportedCertificate[];
  onStartOver(): void;
}

export function ImportResults({ imported, onStartOver }: ImportResultsProps) {
  const navigate = useNavigate();
  const done = imported.filter(({ outcome }) => outcome === 'imported').length;
  const title = done > 0 ? text.imported(done) : text.notImported(imported.length);
  return (
    <Stack gap="md">
      <Notice tone={done > 0 ? 'ok' : 'warn'} title={title} role="status">
        {done > 0 && <Text>{text.oldClient}</Text>}
      </Notice>
      <Panel flush title={text.results}>
        <Table.ScrollContainer minWidth={520} type="native">
          <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={text.results}>
            <Table.Tbody>
              {imported.map((one) => (
                <ResultRow key={`${one.id} ${one.source}`} one={one} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Panel>
      <Group justify="flex-end">
        <Button variant="default" onClick={onStartOver}>
          {text.again}
        </Button>
        <Button onClick={() => void navigate({ to: '/projects' })}>{text.toProjects}</Button>
      </Group>
    </Stack>
  );
}

function ResultRow({ one }: { readonly one: ImportedCertificate }) {
  const { names, source, outcome, projectId, message, notes } = one;
  const label = names.length === 0 ? source : names.join(', ');
  const remarks = outcome === 'imported' ? notes : [message];
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {projectId === null ? (
          <Text fw={550}>{label}</Text>
        ) : (
          <TextLink to="/projects/$id" params={{ id: projectId }}>
            {label}
          </TextLink>
        )}
        {remarks.length > 0 && (
          <List fz="sm" mt={4}>
            {remarks.map((remark) => (
              <List.Item key={remark}>
                <ServerText>{remark}</ServerText>
              </List.Item>
            ))}
          </List>
        )}
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        <Chip face={FACES[outcome]} />
      </Table.Td>
    </Table.Tr>
  );
}
