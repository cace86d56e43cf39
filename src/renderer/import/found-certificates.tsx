// The table of certificates that a scan found. Importable ones can be selected; the others show why not.
import { Button, Checkbox, EmptyState, Group, List, Stack, Text } from '@mantine/core';
import { IconFolderSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { FoundCertificate, ScannedFolder } from '../../shared/import.ts';
import { imports as importTexts } from '../messages/import.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { FoundKey, FoundNames, FoundRenewal } from './found-cells.tsx';

const text = importTexts;

export interface ImportRequest {
  readonly certificates: string[];
  /** Whether the selection contains a domain that another project already has. */
  readonly allowDuplicateDomain: boolean;
  readonly deployments: boolean;
}

export interface FoundCertificatesProps {
  readonly scanned: ScannedFolder;
  readonly busy: boolean;
  onImport(request: ImportRequest): void;
}

export function FoundCertificates({ scanned, busy, onImport }: FoundCertificatesProps) {
  const { certificates, folder, layout, skipped } = scanned;
  const importable = certificates.flatMap(({ id, importable }) => (importable && id !== null ? [id] : []));
  // Selecting a certificate individually confirms a second project for its domain.
  const duplicates = certificates.flatMap(({ id, sameDomain }) =>
    sameDomain === null || id === null ? [] : [id],
  );
  const usual = importable.filter((id) => !duplicates.includes(id));
  const [chosen, setChosen] = useState<readonly string[]>(usual);
  const [deployments, setDeployments] = useState(true);
  const hasDeployments = certificates.some((each) => each.importable && each.deployments.length > 0);
  if (certificates.length === 0) {
    return (
      <Stack gap="md">
        <Nothing />
        <Skipped lines={skipped} />
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Panel
        flush
        title={`${text.layouts[layout]}: ${text.found(certificates.length)}`}
        aside={
          <Text fz="xs" c="dimmed" className="mono">
            {folder}
          </Text>
        }
      >
        <FoundTable certificates={certificates} usual={usual} chosen={chosen} onChoose={setChosen} />
      </Panel>
      <Skipped lines={skipped} />
      <Group justify={hasDeployments ? 'space-between' : 'flex-end'}>
        {hasDeployments && (
          <Checkbox
            label={text.withDeployments}
            checked={deployments}
            onChange={({ currentTarget }) => setDeployments(currentTarget.checked)}
          />
        )}
        <Button
          disabled={chosen.length === 0}
          loading={busy}
          onClick={() =>
            onImport({
              certificates: [...chosen],
              allowDuplicateDomain: chosen.some((id) => duplicates.includes(id)),
              deployments,
            })
          }
        >
          {chosen.length === 0 ? text.selectFirst : text.submit(chosen.length)}
        </Button>
      </Group>
    </Stack>
  );
}

interface FoundTableProps {
  readonly certificates: readonly FoundCertificate[];
  /** The certificates that "Select all" selects. */
  readonly usual: readonly string[];
  readonly chosen: readonly string[];
  onChoose(ids: readonly string[]): void;
}

function FoundTable({ certificates, usual, chosen, onChoose }: FoundTableProps) {
  const { columns } = text;
  const isAll = usual.length > 0 && usual.every((id) => chosen.includes(id));
  const choose = (id: string, on: boolean): void =>
    onChoose(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <DataTable
      label={text.title}
      rows={certificates}
      keyOf={({ id, source }) => `${id} ${source}`}
      columns={[
        {
          label: text.selectAll,
          width: '3rem',
          head: (
            <Checkbox
              size="xs"
              aria-label={text.selectAll}
              disabled={usual.length === 0}
              checked={isAll}
              indeterminate={chosen.length > 0 && !isAll}
              onChange={({ currentTarget }) => onChoose(currentTarget.checked ? usual : [])}
            />
          ),
          cell: ({ id, names, source, importable }) => (
            <Checkbox
              size="xs"
              aria-label={text.selectOne(names.length === 0 ? source : names.join(', '))}
              disabled={!importable}
              checked={id !== null && chosen.includes(id)}
              onChange={({ currentTarget }) => id !== null && choose(id, currentTarget.checked)}
            />
          ),
        },
        { label: columns.names, cell: (found) => <FoundNames found={found} /> },
        {
          label: columns.expires,
          cell: ({ expiresAt }) => expiresAt !== null && <Time at={expiresAt} as="date" />,
        },
        { label: columns.key, cell: ({ id, key }) => id !== null && <FoundKey state={key} /> },
        { label: columns.renewal, cell: (found) => <FoundRenewal found={found} /> },
      ]}
    />
  );
}

function Nothing() {
  return (
    <EmptyState
      py={40}
      icon={<IconFolderSearch size={40} stroke={1.5} aria-hidden />}
      title={text.noneFound.title}
      description={text.noneFound.text}
    />
  );
}

function Skipped({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Notice tone="info" title={text.skipped(lines.length)}>
      <List fz="sm">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </Notice>
  );
}
