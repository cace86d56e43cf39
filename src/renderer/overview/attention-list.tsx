// Certificates that need attention, most urgent first: the cause, and one button with the suggested action.
import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Attention, Overview } from '../../shared/overview.ts';
import { messages } from '../messages.ts';
import type { ProjectTab } from '../projects/project-tabs.ts';
import { Chip } from '../ui/chip.tsx';
import { LinkButton, TextLink } from '../ui/link.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Panel } from '../ui/panel.tsx';
import { TONE_ICONS } from '../ui/status-style.ts';
import { ServerText, Time } from '../ui/time.tsx';
import { useNow } from '../use-now.ts';
import classes from './overview.module.css';

const text = messages.overview.attention;
/** Short enough that the panels below stay visible. */
const SHOWN = 6;

export function AttentionList({ attention }: { readonly attention: Overview['attention'] }) {
  const [all, { open }] = useDisclosure(false);
  const { items, total } = attention;
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <Panel title={text.title} flush>
      <ul className={classes.attention}>
        {shown.map((item) => (
          <li key={item.projectId} className={classes.need}>
            <Need item={item} />
          </li>
        ))}
      </ul>
      {shown.length < total && (
        <div className={classes.more}>
          {total > items.length ? (
            <LinkButton variant="subtle" size="xs" to="/projects" search={{ need: 'attention' }}>
              {text.showAll(total)}
            </LinkButton>
          ) : (
            <Button variant="subtle" size="xs" onClick={open}>
              {text.showAll(total)}
            </Button>
          )}
        </div>
      )}
    </Panel>
  );
}

function Need({ item }: { readonly item: Attention }) {
  const { projectId, name, domain, kind, furtherKinds, severity, cause } = item;
  const tone = severity === 'critical' ? 'bad' : 'warn';
  return (
    <>
      <div className={classes.needWho}>
        <TextLink to="/projects/$id" params={{ id: projectId }} fw={600} c="inherit">
          {domain ?? name}
        </TextLink>
        <Group gap={4}>
          {[kind, ...furtherKinds].map((each) => (
            <Chip key={each} face={{ tone, icon: TONE_ICONS[tone], label: text.kinds[each] }} />
          ))}
        </Group>
      </div>
      <div className={classes.needWhy}>
        <Text>
          <ServerText>{cause}</ServerText>
        </Text>
        <When item={item} />
      </div>
      <Group gap="xs" className={classes.needActions}>
        {kind === 'revoked' && <AcknowledgeButton item={item} />}
        <SuggestedAction item={item} />
      </Group>
    </>
  );
}

function AcknowledgeButton({ item: { projectId, domain, name } }: { readonly item: Attention }) {
  const { acknowledge } = text.actions;
  const open = async (): Promise<void> =>
    (await import('../certificates/acknowledge-dialog.tsx')).openAcknowledge(projectId);
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={text.of(acknowledge, domain ?? name)}
      onClick={() => void open().catch(notifyFailure)}
    >
      {acknowledge}
    </Button>
  );
}

function When({ item }: { readonly item: Attention }) {
  const { projectId: id, expiresAt, nextAttemptAt, lastAttemptAt, kind, jobId, suggestedAction } = item;
  const renewedAt = kind === 'not_served' ? lastAttemptAt : null;
  const now = useNow();
  const why = suggestedAction === 'inspect' ? null : jobId;
  if (expiresAt === null && nextAttemptAt === null && why === null && renewedAt === null) return null;
  return (
    <Group gap="0 1rem" fz="xs" c="dimmed">
      {renewedAt !== null && (
        <span>
          {text.renewed} <Time at={renewedAt} as="relative" />
        </span>
      )}
      {expiresAt !== null && (
        <span>
          {kind === 'expired' ? text.expired : text.expires} <Time at={expiresAt} as="relative" />
        </span>
      )}
      {nextAttemptAt !== null && (
        <span>
          {text.nextAttempt}{' '}
          {Date.parse(nextAttemptAt) <= now ? text.atNextSweep : <Time at={nextAttemptAt} as="relative" />}
        </span>
      )}
      {why !== null && (
        <TextLink to="/projects/$id/jobs/$jobId" params={{ id, jobId: why }} fz="inherit">
          {text.actions.inspect}
        </TextLink>
      )}
    </Group>
  );
}

/** The tab of the project that shows the problem. */
const TABS: Partial<Record<Attention['kind'], ProjectTab>> = {
  deploy_failed: 'deployments',
  caa_forbidden: 'challenges',
  persist_record: 'challenges',
};

function SuggestedAction({ item }: { readonly item: Attention }) {
  const { projectId: id, domain, name, kind, suggestedAction, jobId, runningJobId, endpointId } = item;
  const again = kind === 'obtain_failed' && suggestedAction === 'obtain';
  const words =
    kind === 'awaiting_records'
      ? text.actions.showRecords
      : runningJobId !== null
        ? text.actions.viewProgress
        : again
          ? text.actions.retry
          : text.actions[suggestedAction];
  const props = { size: 'xs', variant: 'default', 'aria-label': text.of(words, domain ?? name) } as const;
  if (endpointId !== null) {
    const words = text.actions.endpoint;
    return (
      <LinkButton
        {...props}
        aria-label={text.of(words, domain ?? name)}
        to="/endpoints/$id"
        params={{ id: endpointId }}
      >
        {words}
      </LinkButton>
    );
  }
  const tab = TABS[kind];
  if (tab !== undefined) {
    const words = text.actions[tab === 'deployments' ? 'deployments' : 'records'];
    return (
      <LinkButton
        {...props}
        aria-label={text.of(words, domain ?? name)}
        to="/projects/$id"
        params={{ id }}
        search={{ tab }}
      >
        {words}
      </LinkButton>
    );
  }
  const watched = runningJobId ?? (suggestedAction === 'inspect' ? jobId : null);
  if (watched !== null) {
    return (
      <LinkButton {...props} to="/projects/$id/jobs/$jobId" params={{ id, jobId: watched }}>
        {words}
      </LinkButton>
    );
  }
  if (suggestedAction === 'renew') {
    const open = async (): Promise<void> =>
      (await import('../certificates/renew-dialog.tsx')).openRenew({ id });
    return (
      <Button {...props} onClick={() => void open().catch(notifyFailure)}>
        {words}
      </Button>
    );
  }
  if (suggestedAction === 'inspect') {
    return (
      <LinkButton {...props} to="/projects/$id" params={{ id }}>
        {words}
      </LinkButton>
    );
  }
  const to = suggestedAction === 'upload' ? '/projects/$id/upload' : '/projects/$id/obtain';
  return (
    <LinkButton {...props} to={to} params={{ id }}>
      {words}
    </LinkButton>
  );
}
