// The list of hosts, with a search and the tags as filters.

import { Button } from '@mantine/core';
import { IconServer } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Host } from '../../shared/host.ts';
import { EmptyList, NothingFound } from '../lists/empty.tsx';
import { ListToolbar } from '../lists/filters.tsx';
import { ListTools } from '../lists/list-tools.tsx';
import listClasses from '../lists/lists.module.css';
import { LinkRow, Rows } from '../lists/rows.tsx';
import { SearchField } from '../lists/search-field.tsx';
import { changeSearch } from '../lists/search-params.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { TagFilter } from '../tags/tag-filter.tsx';
import { TagList } from '../tags/tag-list.tsx';
import { Chip } from '../ui/chip.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { type HostSearch, readHostSearch } from './host-search.ts';
import { addressOf, countTags, faceOfHost, filterHosts } from './host-state.ts';
import classes from './hosts.module.css';

const text = hostTexts;
/** Rows that are rendered at first: thousands of hosts would slow down the page. */
const SHOWN = 100;

export interface HostListProps {
  readonly hosts: readonly Host[];
  readonly search: HostSearch;
  onSearch(search: HostSearch): void;
}

export function HostList({ hosts, search, onSearch }: HostListProps) {
  const [limit, setLimit] = useState(SHOWN);
  if (hosts.length === 0) return <NoHosts />;
  const { q = '', tag: tags = [] } = search;
  const found = filterHosts(hosts, { q, tags });
  return (
    <>
      <ListToolbar>
        <SearchField
          q={q}
          label={text.search}
          onChange={(next) => onSearch(changeSearch(search, { q: next === '' ? undefined : next }))}
        />
        <TagFilter
          tags={countTags(hosts)}
          value={tags}
          onChange={(next) => onSearch(changeSearch(search, { tag: next.length === 0 ? undefined : next }))}
        />
        <ListTools
          list="hosts"
          search={search}
          onSearch={onSearch}
          readSearch={readHostSearch}
          exportCsv={async () => (await import('./hosts-csv.ts')).hostsToCsv(found)}
        />
      </ListToolbar>
      <Panel flush>
        {found.length === 0 ? (
          <NothingFound text={text.nothingFound} onClear={() => onSearch({})} />
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
