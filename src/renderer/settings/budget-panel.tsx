// The most used of the CAs' published rate limits.
import { Progress, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Budget } from '../../shared/renewal.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';

const text = messages.settings.budget;
const SHOWN = 5;

export function BudgetPanel() {
  const api = useApi();
  const budget = useQuery(api.renewals.budget.queryOptions());
  return (
    <Panel title={text.title}>
      <QueryView query={budget}>
        {({ limits }) => {
          const rows = rowsOf(limits);
          return rows.length === 0 ? <Text c="dimmed">{text.none}</Text> : <Uses rows={rows} />;
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
    <Table.ScrollContainer minWidth={520} type="native" tabIndex={0} role="group" aria-label={text.title}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[limit, used, freed].map((label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ limit: { ca, kind, name, count, hours }, use }) => (
            <Table.Tr key={`${ca} ${kind} ${use.subject}`}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {name}
                <Text fz="xs" c="dimmed">
                  {use.subject}
                </Text>
              </Table.Td>
              <Table.Td w="12rem">
                <Text fz="sm" className="numbers">
                  {text.of(use.used, count, hours)}
                </Text>
                <Progress
                  value={(100 * use.used) / count}
                  color={use.left === 0 ? 'red' : undefined}
                  size="sm"
                  aria-hidden
                />
              </Table.Td>
              <Table.Td w="11rem">
                <Time at={use.nextFreedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
