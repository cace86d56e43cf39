// The most used of the CAs' published rate limits.
import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Budget } from '../../shared/renewal.ts';
import { useApi } from '../api.ts';
import { settings as settingsTexts } from '../messages/settings.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';

const text = settingsTexts.budget;
const SHOWN = 5;

export function BudgetPanel() {
  const api = useApi();
  const budget = useQuery(api.renewals.budget.queryOptions());
  return (
    <Panel title={text.title} flush>
      <QueryView query={budget}>
        {({ limits }) => {
          const rows = rowsOf(limits);
          return rows.length === 0 ? (
            <Text c="dimmed" p="md">
              {text.none}
            </Text>
          ) : (
            <Uses rows={rows} />
          );
        }}
      </QueryView>
    </Panel>
  );
}

type Limit = Budget['limits'][number];

interface Row {
  readonly limit: Limit;
  readonly use: Limit['uses'][number];
}

/** Sorts the most used limits first. */
function rowsOf(limits: readonly Limit[]): readonly Row[] {
  return limits
    .flatMap((limit) => limit.uses.map((use) => ({ limit, use })))
    .toSorted((a, b) => b.use.used / b.limit.count - a.use.used / a.limit.count)
    .slice(0, SHOWN);
}

function Uses({ rows }: { readonly rows: readonly Row[] }) {
  const { limit, used, freed } = text.columns;
  return (
    <DataTable
      label={text.title}
      rows={rows}
      keyOf={({ limit: { ca, kind }, use }) => `${ca} ${kind} ${use.subject}`}
      columns={[
        {
          label: limit,
          cell: (row) => (
            <>
              {row.limit.name}
              <Text fz="xs" c="dimmed">
                {row.use.subject}
              </Text>
            </>
          ),
        },
        { label: used, width: '12rem', cell: (row) => <Used row={row} /> },
        { label: freed, width: '11rem', cell: ({ use }) => <Time at={use.nextFreedAt} /> },
      ]}
    />
  );
}

function Used({ row: { limit, use } }: { readonly row: Row }) {
  return (
    <div>
      <Text fz="sm" className="numbers">
        {text.of(use.used, limit.count, limit.hours)}
      </Text>
      <Progress
        value={(100 * use.used) / limit.count}
        color={use.left === 0 ? 'red' : undefined}
        size="sm"
        aria-hidden
      />
    </div>
  );
}
