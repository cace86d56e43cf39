// The simulation page: select a lifetime, and see what it would change.
import { NumberInput, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ANNOUNCED_LIFETIMES, type Simulation } from '../../shared/simulation.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { simulation as text } from '../messages/simulation.ts';
import { DataTable } from '../ui/data-table.tsx';
import { FieldRow } from '../ui/field-row.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Limits, Obstacles, Windows } from './findings.tsx';
import { WeeksChart } from './weeks-chart.tsx';

const LONGEST = 398;

export function SimulationPage() {
  const api = useApi();
  const [days, setDays] = useState<number>(45);
  const [lifetime] = useDebouncedValue(days, 300);
  const query = useQuery({
    ...api.simulation.run.queryOptions({ lifetime }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={text.title} description={text.description}>
      <Stack gap="md">
        <LifetimeChoice days={days} onChange={setDays} />
        <QueryView query={query}>{(result) => <Result result={result} />}</QueryView>
      </Stack>
    </Page>
  );
}

interface LifetimeChoiceProps {
  readonly days: number;
  onChange(days: number): void;
}

function LifetimeChoice({ days, onChange }: LifetimeChoiceProps) {
  return (
    <FieldRow>
      <Stack gap={4}>
        <Text fz="sm" fw={500} id="simulated-lifetime">
          {text.lifetime}
        </Text>
        <SegmentedControl
          aria-labelledby="simulated-lifetime"
          data={ANNOUNCED_LIFETIMES.map((each) => ({ value: String(each), label: text.days(each) }))}
          value={String(days)}
          onChange={(value) => onChange(Number(value))}
        />
      </Stack>
      <NumberInput
        label={text.other}
        min={1}
        max={LONGEST}
        allowDecimal={false}
        value={days}
        onChange={(value) => {
          const typed = Number(value);
          if (typed >= 1 && typed <= LONGEST) onChange(typed);
        }}
      />
    </FieldRow>
  );
}

function Result({ result }: { readonly result: Simulation }) {
  const { lifetimeDays, renewAfterHours } = result;
  return (
    <>
      <Text>{text.summary(lifetimeDays, renewAfterHours, lifetimeDays * 24 - renewAfterHours)}</Text>
      <Panel title={text.chart.title}>
        <WeeksChart {...result} />
      </Panel>
      <Figures result={result} />
      <Obstacles result={result} />
      <Windows windows={result.windows} />
      <Limits limits={result.limits} />
      <DnsChanges dns={result.dns} />
    </>
  );
}

const FIGURES = [
  'renewalsPerWeek',
  'ordersPerWeek',
  'byHandPerWeek',
  'dnsChangesPerDay',
  'busiestDay',
] as const;

function Figures({ result }: { readonly result: Simulation }) {
  const { title, name, today, rows } = text.figures;
  return (
    <Panel title={title} flush>
      <DataTable
        label={title}
        rows={FIGURES}
        keyOf={(field) => field}
        columns={[
          { label: name, cell: (field) => rows[field] },
          { label: today, cell: (field) => formatNumber(result.today[field]) },
          {
            label: text.days(result.lifetimeDays),

            cell: (field) => formatNumber(result.simulated[field]),
          },
        ]}
      />
    </Panel>
  );
}

function DnsChanges({ dns }: Pick<Simulation, 'dns'>) {
  const { title, columns } = text.dns;
  const api = useApi();
  const known = useQuery(api.system.dnsProviders.queryOptions()).data?.dnsProviders ?? [];
  const nameOf = (provider: string): string => known.find(({ id }) => id === provider)?.name ?? provider;
  if (dns.length === 0) return null;
  return (
    <Panel title={title} flush>
      <DataTable
        label={title}
        rows={dns}
        keyOf={({ provider }) => provider}
        columns={[
          { label: columns.provider, cell: ({ provider }) => nameOf(provider) },
          { label: columns.today, cell: ({ today }) => formatNumber(today) },
          { label: columns.simulated, cell: ({ simulated }) => formatNumber(simulated) },
        ]}
      />
    </Panel>
  );
}
