// The result of a test of a host or a deployment: one line per check, and the lines that fix a failed one.

import { Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { CHECKS, type CheckResult } from '../../shared/host.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { Notice } from '../ui/notice.tsx';
import { ServerText } from '../ui/time.tsx';
import { DownloadHelper } from './download-helper.tsx';
import classes from './hosts.module.css';

const text = hostTexts.test;

const ICONS = {
  ok: IconCircleCheck,
  warning: IconAlertTriangle,
  failed: IconCircleX,
  skipped: IconCircleMinus,
} as const;

export interface CheckResultsProps {
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

export function CheckResults({ ok, checks }: CheckResultsProps) {
  const warned = checks.some(({ state }) => state === 'warning');
  const title = ok ? (warned ? text.warnings : text.passed) : text.failed;
  return (
    <Stack gap="xs">
      <Notice tone={ok ? (warned ? 'warn' : 'ok') : 'bad'} title={title} role={ok ? 'status' : 'alert'} />
      <ul className={classes.checks} aria-label={text.results}>
        {checks.map((check, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a check may be there for several paths, in a fixed order
          <CheckLine key={`${check.check}-${at}`} result={check} />
        ))}
      </ul>
    </Stack>
  );
}

function CheckLine({ result: { check, state, message, fix } }: { readonly result: CheckResult }) {
  const Icon = ICONS[state];
  return (
    <li className={classes.check} data-state={state}>
      <Icon size={18} stroke={1.75} role="img" aria-label={text.states[state]} />
      <div className={classes.checkBody}>
        <Text fw={550} component="span">
          {CHECKS[check]}
        </Text>
        <Text fz="sm" c="dimmed">
          <ServerText>{message}</ServerText>
        </Text>
        {fix !== null && (
          <Stack gap={4} mt="xs">
            {check === 'sudo' && <DownloadHelper />}
            <Text fz="sm">{text.fixHint}</Text>
            <CodeBlock code={fix} what={text.fix} wrap />
          </Stack>
        )}
      </div>
    </li>
  );
}
