// The list of hosts, with a search and the tags as filters.

import { Button, EmptyState, Group, TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch, IconServer } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Host } from '../../shared/host.ts';
import { formatNumber } from '../format.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import projectClasses from '../projects/projects.module.css';
import { Chip } from '../ui/chip.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { addressOf, countTags, faceOfHost, filterHosts, type HostFilter } from './host-state.ts';
import classes from './hosts.module.css';
import { Tags } from './tags.tsx';

const text = hostTexts;
/** Rows that are rendered at first: thousands of hosts would slow down the page. */
const SHOWN = 100;
const NO_FILTER: HostFilter = { q: '', tag: null };

export function HostList({ hosts }: { readonly hosts: readonly Host[] }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [limit, setLimit] = useState(SHOWN);
  if (hosts.length === 0) return <NoHosts />;
  const found = filterHosts(hosts, filter);
  return (
    <>
      <Group gap="sm" mb="sm">
        <TextInput
          w={280}
          maw="100%"
          value={filter.q}
          onChange={(event) => setFilter({ ...filter, q: event.currentTarget.value })}
          placeholder={text.search}
          aria-label={text.search}
          leftSection={<IconSearch size={16} aria-hidden />}
        />
        <TagFilter hosts={hosts} tag={filter.tag} onChoose={(tag) => setFilter({ ...filter, tag })} />
      </Group>
      <Panel flush>
        {found.length === 0 ? (
          <EmptyState py={32} title={text.nothingFound.title} description={text.nothingFound.text}>
            <EmptyState.Actions>
              <Button variant="default" onClick={() => setFilter(NO_FILTER)}>
                {text.nothingFound.action}
              </Button>
            </EmptyState.Actions>
          </EmptyState>
        ) : (
          <ul className={classes.rows} aria-label={text.list}>
            {found.slice(0, limit).map((host) => (
              <HostRow key={host.id} host={host} />
            ))}
          </ul>
        )}
      </Panel>
      {found.length > limit && (
        <Button variant="subtle" mt="xs" onClick={() => setLimit(limit + SHOWN)}>
          {text.showMore}
        </Button>
      )}
    </>
  );
}

function HostRow({ host }: { readonly host: Host }) {
  return (
    <li className={classes.row}>
      <div className={classes.main}>
        <Link to="/hosts/$hostId" params={{ hostId: host.id }} className={classes.open}>
          {host.name}
        </Link>
        <div className={classes.second}>{addressOf(host)}</div>
      </div>
      <Tags tags={host.tags} />
      <div className={classes.state}>
        <Chip face={faceOfHost(host)} />
      </div>
      <div className={classes.count}>{text.deployments(host.deployments)}</div>
      <div className={`${classes.second} ${classes.contact}`}>
        {host.lastContactAt === null ? (
          text.neverContacted
        ) : (
          <>
            {text.lastContact} <Time at={host.lastContactAt} as="relative" />
          </>
        )}
      </div>
    </li>
  );
}

interface TagFilterProps {
  readonly hosts: readonly Host[];
  readonly tag: string | null;
  onChoose(tag: string | null): void;
}

function TagFilter({ hosts, tag, onChoose }: TagFilterProps) {
  const tags = countTags(hosts);
  if (tags.length === 0) return null;
  const filters = [[null, hosts.length] as const, ...tags];
  return (
    <Group gap={6} role="group" aria-label={text.tagFilter}>
      {filters.map(([each, count]) => (
        <UnstyledButton
          key={each ?? ''}
          className={projectClasses.filter}
          aria-pressed={tag === each}
          onClick={() => onChoose(tag === each ? null : each)}
        >
          {each ?? text.allTags}
          <small className="numbers">{formatNumber(count)}</small>
        </UnstyledButton>
      ))}
    </Group>
  );
}

function NoHosts() {
  return (
    <Panel>
      <EmptyState
        py={40}
        icon={<IconServer size={40} stroke={1.5} aria-hidden />}
        title={text.empty.title}
        description={text.empty.text}
      >
        <EmptyState.Actions>
          <LinkButton to="/hosts/new">{text.add}</LinkButton>
        </EmptyState.Actions>
      </EmptyState>
    </Panel>
  );
}
