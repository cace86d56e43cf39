// What each address of an endpoint presented: a table that becomes a list on narrow screens.
import { Group, Stack, Text } from '@mantine/core';
import type { AddressReport } from '../../shared/endpoint-record.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { Chip } from '../ui/chip.tsx';
import { type Face, STATUS_FACES, TONE_ICONS } from '../ui/status-style.ts';
import { Time } from '../ui/time.tsx';
import classes from './endpoints.module.css';

const text = endpointTexts.detail;

const MATCHES: Readonly<Record<NonNullable<AddressReport['match']>, Face>> = {
  current: { ...STATUS_FACES.valid, label: text.match.current },
  previous: { tone: 'warn', icon: TONE_ICONS.warn, label: text.match.previous },
  other: { tone: 'bad', icon: TONE_ICONS.bad, label: text.match.other },
};

export function AddressTable({ reports }: { readonly reports: readonly AddressReport[] }) {
  const { columns } = text;
  return (
    <table className={classes.addresses} aria-label={text.addresses}>
      <thead>
        <tr>
          <th scope="col">{columns.address}</th>
          <th scope="col">{columns.certificate}</th>
          <th scope="col">{columns.tls}</th>
          <th scope="col">{columns.changed}</th>
        </tr>
      </thead>
      <tbody>
        {reports.map((report) => (
          <Row key={`${report.address} ${report.offered}`} report={report} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ report }: { readonly report: AddressReport }) {
  const { address, offered, match, chain, tlsVersion, findings, changedAt } = report;
  const [leaf] = chain;
  return (
    <tr>
      <td className="numbers">
        {address}
        {offered !== 'any' && ` (${text.offered[offered]})`}
      </td>
      <td>
        <Stack gap={4}>
          <Group gap="xs">
            <span>{leaf?.subject ?? text.nothing}</span>
            {match !== null && <Chip face={MATCHES[match]} />}
          </Group>
          {leaf !== undefined && (
            <Text fz="xs" c="dimmed">
              {leaf.issuer} · {certificateTexts.sentence.expires} <Time at={leaf.expiresAt} as="relative" />
            </Text>
          )}
          {findings.map(({ code, severity, message, advice }) => (
            <Text key={`${code} ${message}`} fz="sm">
              <Chip face={findingFace(severity, endpointTexts.codes[code])} /> {message}{' '}
              <Text span c="dimmed" fz="sm">
                {advice}
              </Text>
            </Text>
          ))}
        </Stack>
      </td>
      <td className={classes.short}>{tlsVersion?.replace(/^TLSv/, 'TLS ')}</td>
      <td className={classes.short} data-label={text.columns.changed}>
        <Time at={changedAt} as="relative" />
      </td>
    </tr>
  );
}

const TONES = { critical: 'bad', warning: 'warn', info: 'info', unknown: 'idle' } as const;

function findingFace(severity: keyof typeof TONES, label: string): Face {
  const tone = TONES[severity];
  return { tone, icon: TONE_ICONS[tone], label };
}
