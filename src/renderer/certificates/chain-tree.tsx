// The certificate chain as a tree: each issuer above the certificate it signed, with validity.
import { Group, Text } from '@mantine/core';
import { IconCertificate, IconCornerDownRight } from '@tabler/icons-react';
import type { ChainLink } from '../../shared/certificate-history.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Chip } from '../ui/chip.tsx';
import { CopyIcon } from '../ui/copy.tsx';
import { type Face, STATUS_FACES } from '../ui/status-style.ts';
import { Time } from '../ui/time.tsx';
import { keyName, signatureName } from './algorithm-names.ts';
import classes from './chain-tree.module.css';

const text = certificateTexts;

const FACES: Readonly<Record<ChainLink['validity'], Face>> = {
  valid: STATUS_FACES.valid,
  expired: STATUS_FACES.expired,
  not_yet_valid: { ...STATUS_FACES.expiring_soon, label: text.notYetValid },
};

/** @param links Leaf first, as in the API. */
export function ChainTree({ links }: { readonly links: readonly ChainLink[] }) {
  const root = links.at(-1);
  return (
    <ul className={classes.tree}>
      {root !== undefined && !root.selfSigned && <NotServed name={root.issuerName} />}
      {links.toReversed().map((link, index) => (
        <Link key={link.fingerprint} link={link} depth={root?.selfSigned ? index : index + 1} />
      ))}
    </ul>
  );
}

function Link({ link, depth }: { readonly link: ChainLink; readonly depth: number }) {
  const { commonName, issuedAt, expiresAt, validity, signatureAlgorithm, pem } = link;
  return (
    <li className={classes.link} style={{ marginLeft: `${depth * 1.5}rem` }}>
      {depth === 0 ? (
        <IconCertificate size={18} aria-hidden />
      ) : (
        <IconCornerDownRight size={18} aria-hidden />
      )}
      <div className={classes.body}>
        <Group gap="xs">
          <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
            {commonName}
          </Text>
          <Chip face={FACES[validity]} />
          <CopyIcon value={pem} what={text.pemOf(commonName)} />
        </Group>
        <Text fz="sm" c="dimmed">
          <Time at={issuedAt} as="date" /> – <Time at={expiresAt} as="date" /> · {keyName(link)} ·{' '}
          {signatureName(signatureAlgorithm)}
        </Text>
      </div>
    </li>
  );
}

/** The root is in the client's trust store; servers do not send it. */
function NotServed({ name }: { readonly name: string }) {
  return (
    <li className={classes.link}>
      <IconCertificate size={18} aria-hidden />
      <div className={classes.body}>
        <Text style={{ overflowWrap: 'anywhere' }}>{name}</Text>
        <Text fz="sm" c="dimmed">
          {text.notServed}
        </Text>
      </div>
    </li>
  );
}
