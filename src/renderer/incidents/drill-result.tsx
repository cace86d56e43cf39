// The result of a drill.
import { Text } from '@mantine/core';
import type { IncidentDrill } from '../../shared/incident.ts';
import { formatNumber } from '../format.ts';
import { incidents as texts } from '../messages/incidents.ts';
import { Facts } from '../ui/facts.tsx';
import { Panel } from '../ui/panel.tsx';

const text = texts.drill;

export function DrillResult({ drill }: { readonly drill: IncidentDrill }) {
  const { certificates, moved, unnoticed, automatic, byHand, parallel, isIncident, message } = drill;
  return (
    <Panel title={text.title}>
      <Text c="dimmed" mb="sm" role="status">
        {text.text}
      </Text>
      <Facts
        facts={[
          { label: text.facts.moved, value: text.of(moved, certificates) },
          { label: text.facts.unnoticed, value: text.of(unnoticed, certificates) },
          { label: text.facts.automatic, value: text.of(automatic, moved) },
          { label: text.facts.byHand, value: text.of(byHand, moved) },
          { label: text.facts.parallel, value: formatNumber(parallel) },
          { label: text.facts.message, value: isIncident ? message.text : text.quiet },
        ]}
      />
    </Panel>
  );
}
