// The certificates that a server sent, as a tree: each issuer above what it issued, and what is missing between them.
import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCertificate, IconCornerDownRight } from '@tabler/icons-react';
import type { SeenCertificate } from '../../shared/endpoint-record.ts';
import treeClasses from '../certificates/chain-tree.module.css';
import { formatList } from '../format.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { Chip } from '../ui/chip.tsx';
import { STATUS_FACES } from '../ui/status-style.ts';
import { Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import classes from './endpoints.module.css';

const text = endpointTexts.detail;

/** @param chain As sent, the server's own certificate first. */
export function SentChain({ chain }: { readonly chain: readonly SeenCertificate[] }) {
  const top = chain.at(-1);
  const above = top === undefined || top.selfSigned ? [] : [text.root(top.issuer)];
  const rows = chain.toReversed();
  return (
    <ul className={treeClasses.tree}>
      {above.map((words) => (
        <li key={words} className={treeClasses.link}>
          <IconCertificate size={18} aria-hidden />
          <Text c="dimmed" fz="sm" className={treeClasses.body}>
            {words}
          </Text>
        </li>
      ))}
      {rows.map((certificate, at) => {
        const depth = Math.min(at + above.length, 4);
        // The certificate below the top is not issued by the one above it: something between them is missing.
        const isGap = at > 0 && !certificate.issuedByNext;
        return (
          <Link
            key={keyOf(rows, at)}
            certificate={certificate}
            depth={depth}
            missing={isGap ? certificate.issuer : null}
          />
        );
      })}
    </ul>
  );
}

/** A server may send one certificate twice. */
function keyOf(rows: readonly SeenCertificate[], at: number): string {
  const own = rows[at]?.fingerprint ?? '';
  const before = rows.slice(0, at).filter(({ fingerprint }) => fingerprint === own).length;
  return `${own} ${before}`;
}

interface LinkProps {
  readonly certificate: SeenCertificate;
  readonly depth: number;
  /** The issuer that is missing above it; null if nothing is. */
  readonly missing: string | null;
}

function Link({ certificate, depth, missing }: LinkProps) {
  const { subject, issuedAt, expiresAt, keyType, names } = certificate;
  const now = useNow();
  const isExpired = Date.parse(expiresAt) < now;
  const indent = { marginLeft: `${depth * 1.25}rem` };
  return (
    <>
      {missing !== null && (
        <li className={`${treeClasses.link} ${classes.gap}`} style={indent}>
          <IconAlertTriangle size={18} aria-hidden />
          <span className={treeClasses.body}>{text.gap(missing)}</span>
        </li>
      )}
      <li className={treeClasses.link} style={indent}>
        {depth === 0 ? (
          <IconCertificate size={18} aria-hidden />
        ) : (
          <IconCornerDownRight size={18} aria-hidden />
        )}
        <div className={treeClasses.body}>
          <Group gap="xs">
            <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
              {subject}
            </Text>
            {isExpired && <Chip face={STATUS_FACES.expired} />}
          </Group>
          <Text fz="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <Time at={issuedAt} as="date" /> – <Time at={expiresAt} as="date" /> · {keyType.toUpperCase()}
            {names.length > 0 && ` · ${formatList(names.slice(0, 5))}`}
            {names.length > 5 && ` · ${projectTexts.moreNames(names.length - 5)}`}
          </Text>
        </div>
      </li>
    </>
  );
}
