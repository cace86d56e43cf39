// System status: last and next renewal check, jobs, secret store, clock, backup and HTTPS.
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { EngineState } from '../../shared/overview.ts';
import { messages } from '../messages.ts';
import { Facts } from '../ui/facts.tsx';
import { Panel } from '../ui/panel.tsx';
import { ServerText, Time } from '../ui/time.tsx';

const text = messages.overview.engine;

export function EnginePanel({ engine }: { readonly engine: EngineState }) {
  const {
    lastRenewalCheckAt,
    nextRenewalCheckAt,
    renewalCheckLate,
    lastRenewalCheckError,
    queue,
    secretStore,
    clock,
  } = engine;
  const { pausedUntil, backup, https } = engine;
  return (
    <Panel title={text.title}>
      <Facts
        facts={[
          {
            label: text.lastRenewalCheck,
            value: (
              <>
                {lastRenewalCheckAt === null ? text.never : <Time at={lastRenewalCheckAt} as="relative" />}
                {renewalCheckLate && <Bad>{text.late}</Bad>}
                {lastRenewalCheckError !== null && (
                  <Bad>
                    <ServerText>{lastRenewalCheckError}</ServerText>
                  </Bad>
                )}
              </>
            ),
          },
          pausedUntil === null ? null : { label: text.paused, value: <Time at={pausedUntil} /> },
          nextRenewalCheckAt === null
            ? null
            : { label: text.nextRenewalCheck, value: <Time at={nextRenewalCheckAt} as="relative" /> },
          {
            label: text.queue,
            value: queue.running + queue.queued === 0 ? text.idle : text.working(queue.running, queue.queued),
          },
          {
            label: text.secretStore,
            value:
              secretStore === 'unavailable' ? <Bad>{text.stores.unavailable}</Bad> : text.stores[secretStore],
          },
          backup === null
            ? null
            : {
                label: text.backup,
                value: (
                  <>
                    {backup.lastAt === null ? text.never : <Time at={backup.lastAt} as="relative" />}
                    {backup.late && <Bad>{text.backupLate}</Bad>}
                    {backup.lastError !== null && (
                      <Bad>
                        <ServerText>{backup.lastError}</ServerText>
                      </Bad>
                    )}
                  </>
                ),
              },
          https === null ? null : { label: text.https, value: <Https https={https} /> },
          { label: text.clock, value: clock.ok ? text.clockRight : <Bad>{text.clockWrong}</Bad> },
        ]}
      />
    </Panel>
  );
}

function Https({ https }: { readonly https: NonNullable<EngineState['https']> }) {
  const { certificate, problem, message } = https;
  if (message === null || problem === 'no-project') return text.httpsCertificates[certificate];
  return (
    <Bad>
      <ServerText>{message}</ServerText>
    </Bad>
  );
}

function Bad({ children }: { readonly children: ReactNode }) {
  return (
    <Text c="var(--cd-bad)" fw={550} fz="sm">
      {children}
    </Text>
  );
}
