// The selected projects of the list. "Select all" fetches all that match the filter, since not all rows are loaded.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useApiClient } from '../api.ts';
import { notifyFailure } from '../ui/notify-failure.tsx';
import type { ListSearch } from './list-search.ts';
import { collectMatching } from './select-all.ts';
import type { ProjectRowData } from './use-project-list.ts';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Whether the matching projects are being fetched. */
  readonly isCollecting: boolean;
  /** The selected projects that `selectMatching` has fetched. */
  readonly collected: ReadonlyMap<string, ProjectRowData>;
  set(id: string, selected: boolean): void;
  clear(): void;
  selectMatching(): void;
}

const NONE: ReadonlyMap<string, ProjectRowData> = new Map();

export function useSelection(search: ListSearch): Selection {
  const api = useApiClient();
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [collected, setCollected] = useState(NONE);
  const [isCollecting, setCollecting] = useState(false);
  const collecting = useRef(new AbortController());
  const set = useCallback((id: string, selected: boolean) => {
    setIds((before) => {
      const after = new Set(before);
      if (selected) after.add(id);
      else after.delete(id);
      return after;
    });
  }, []);
  const clear = useCallback(() => {
    collecting.current.abort();
    setCollecting(false);
    setIds(new Set());
    setCollected(NONE);
  }, []);
  const selectMatching = useCallback(() => {
    collecting.current.abort();
    const controller = new AbortController();
    collecting.current = controller;
    setCollecting(true);
    collectMatching(api, search, controller.signal)
      .then((all) => {
        setIds(new Set(all.map(({ id }) => id)));
        setCollected(new Map(all.map((project) => [project.id, project])));
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) notifyFailure(error);
      })
      .finally(() => {
        if (collecting.current === controller) setCollecting(false);
      });
  }, [api, search]);
  useEffect(() => () => collecting.current.abort(), []);
  return useMemo(
    () => ({ ids, isCollecting, collected, set, clear, selectMatching }),
    [ids, isCollecting, collected, set, clear, selectMatching],
  );
}
