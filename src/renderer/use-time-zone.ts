// The time zone in components.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useApi } from './api.ts';
import { noteTimeZone, timeZone } from './time-zone.ts';
import { useStore } from './use-store.ts';

/** The time zone; the component renders again when it changes. */
export function useTimeZone(): string {
  return useStore(timeZone);
}

/** Follows the setting; for the frame of all pages. */
export function useFollowTimeZone(): void {
  const { data } = useQuery(useApi().system.timeZone.queryOptions());
  useEffect(() => {
    if (data !== undefined) noteTimeZone(data.timeZone);
  }, [data]);
}
