// The list of hosts, with a search and the tags as filters.

import { Button } from '@mantine/core';
import { IconServer } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Host } from '../../shared/host.ts';
import { EmptyList, NothingFound } from '../lists/empty.tsx';
import { ListToolbar } from '../lists/filters.tsx';
import { DensityButton } from '../lists/list-tools.tsx';
import listClasses from '../lists/lists.module.css';
import { LinkRow, Rows } from '../lists/rows.tsx';
import { SearchField } from '../lists/search-field.tsx';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { TagFilter } from '../tags/tag-filter.tsx';
import { TagList } from '../tags/tag-list.tsx';
import { Chip } from '../ui/chip.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { addressOf, countTags, faceOfHost, filterHosts, type HostFilter } from './host-state.ts';
import classes from './hosts.module.css';

const text = hostTexts;
/** Rows that are rendered at first: thousands of hosts would slow down the page. */
const SHOWN = 100;
const NO_FILTER: HostFilter = { q: '', tags: [] };

export function HostList({ hosts }: { readonly hosts: readonly Host[] }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [limit, setLimit] = useState(SHOWN);
  if (hosts.length === 0) return <NoHosts />;
  const found = filterHosts(hosts, filter);
  return (
    <>
      <ListToolbar>
        <SearchField q={filter.q} label={text.search} onChange={(q) => setFilter({ ...filter, q })} />
        <TagFilter
          tags={countTags(hosts)}
          value={filter.tags}
          onChange={(tags) => setFilter({ ...filter, tags })}
        />
        <DensityButton />
      </ListToolbar>
      <Panel flush>
        {found.length === 0 ? (
          <NothingFound text={text.nothingFound} onClear={() => setFilter(NO_FILTER)} />
        ) : (
          <Rows label={text.list}>
            {found.slice(0, limit).map((host) => (
              <HostRow key={host.id} host={host} />
            ))}
          </Rows>
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
    <LinkRow className={classes.row}>
      <div className={listClasses.main}>
        <Link to="/hosts/$hostId" params={{ hostId: host.id }} className={listClasses.open}>
          {host.name}
        </Link>
        <div className={listClasses.second}>{addressOf(host)}</div>
      </div>
      <div className={classes.tags}>
        <TagList tags={host.tags} />
      </div>
      <div className={classes.state}>
        <Chip face={faceOfHost(host)} />
      </div>
      <div className={classes.count}>{text.deployments(host.deployments)}</div>
      <div className={`${listClasses.second} ${classes.contact}`}>
        {host.lastContactAt === null ? (
          text.neverContacted
        ) : (
          <>
            {text.lastContact} <Time at={host.lastContactAt} as="relative" />
          </>
        )}
      </div>
    </LinkRow>
  );
}

function NoHosts() {
  return (
    <Panel>
      <EmptyList icon={IconServer} text={text.empty}>
        <LinkButton to="/hosts/new">{text.add}</LinkButton>
      </EmptyList>
    </Panel>
  );
}
