// Who acknowledged a warning about a certificate, when and why, with a button that withdraws it.
import { Button, Group, Text } from '@mantine/core';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { Notice } from '../ui/notice.tsx';
import { notifyDone } from '../ui/notify.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Time } from '../ui/time.tsx';

const text = certificateTexts.acknowledge;

/** For the mutation that withdraws an acknowledgement. */
export const WITHDRAWAL = {
  onSuccess: () => notifyDone(text.withdrawn),
  onError: notifyFailure,
} as const;

export interface AcknowledgedNoticeProps {
  readonly title: string;
  /** What was acknowledged, if the title does not say it. */
  readonly warnings?: readonly string[];
  readonly acknowledgement: { readonly note: string; readonly by: string; readonly at: string };
  readonly isWithdrawing: boolean;
  onWithdraw(): void;
}

export function AcknowledgedNotice(props: AcknowledgedNoticeProps) {
  const { title, warnings = [], acknowledgement, isWithdrawing, onWithdraw } = props;
  return (
    <Notice tone="info" title={title}>
      {warnings.map((warning) => (
        <Text key={warning}>{warning}</Text>
      ))}
      <Text style={{ overflowWrap: 'anywhere' }}>{acknowledgement.note}</Text>
      <Group justify="space-between" gap="xs" mt="xs">
        <Text c="dimmed" fz="sm">
          {acknowledgement.by}, <Time at={acknowledgement.at} />
        </Text>
        <Button variant="default" size="xs" loading={isWithdrawing} onClick={onWithdraw}>
          {text.withdraw}
        </Button>
      </Group>
    </Notice>
  );
}
