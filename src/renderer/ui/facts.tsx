// A list of labels and values.
import { DataList } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** @param facts Null entries are skipped. */
export function Facts({
  facts,
  labelWidth = 150,
}: {
  readonly facts: readonly (Fact | null)[];
  readonly labelWidth?: number;
}) {
  return (
    <DataList labelWidth={labelWidth} gap="xs">
      {facts.map((fact) =>
        fact === null ? null : (
          <DataList.Item key={fact.label}>
            <DataList.ItemLabel>{fact.label}</DataList.ItemLabel>
            <DataList.ItemValue style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              {fact.value}
            </DataList.ItemValue>
          </DataList.Item>
        ),
      )}
    </DataList>
  );
}
