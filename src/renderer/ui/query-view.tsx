// Shows a query's data, or its loading or error state.
import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messages } from '../messages.ts';
import { FailureNotice } from './failure.tsx';

export interface QueryViewProps<T> {
  readonly query: UseQueryResult<T, unknown>;
  readonly children: (data: T) => ReactNode;
  /** Number of placeholder lines while loading. */
  readonly lines?: number;
}

/** Existing data stays visible if a refetch fails: the banner reports the lost connection. */
export function QueryView<T>({ query, children, lines = 4 }: QueryViewProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <FailureNotice error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack gap="sm" role="status" aria-label={messages.loading}>
      {Array.from({ length: lines }, (_, line) => `line-${line}`).map((key) => (
        <Skeleton key={key} height={18} radius="sm" />
      ))}
    </Stack>
  );
}
