// The ways to add a certificate, as equals: request one, upload files, or import from another client.
import { Text } from '@mantine/core';
import { IconCertificate, IconFolderDown, IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { obtain as obtainTexts } from '../messages/obtain.ts';
import classes from './ways.module.css';

const text = obtainTexts.ways;

const WAYS = [
  { to: '/new', label: text.request, hint: text.requestHint, icon: IconCertificate },
  { to: '/new/upload', label: text.upload, hint: text.uploadHint, icon: IconUpload },
  { to: '/import', label: text.import, hint: text.importHint, icon: IconFolderDown },
] as const;

export function WaysToAdd() {
  return (
    <nav aria-label={text.label} className={classes.ways}>
      {WAYS.map(({ to, label, hint, icon: Icon }) => (
        <Link key={to} to={to} className={classes.way} activeOptions={{ exact: true }}>
          <Icon size={20} stroke={1.75} aria-hidden />
          <span>
            <Text component="span" display="block" fw={600}>
              {label}
            </Text>
            <Text component="span" display="block" fz="xs" c="dimmed">
              {hint}
            </Text>
          </span>
        </Link>
      ))}
    </nav>
  );
}
