// The result of the test of a deployment: the checks on each of its hosts.

import { Stack, Text, Title } from '@mantine/core';
import type { HostTest } from '../../shared/host.ts';
import { CheckResults } from '../hosts/check-results.tsx';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';

export interface DeploymentTestResult {
  readonly hosts: readonly { readonly id: string; readonly name: string; readonly test: HostTest }[];
  readonly untested: number;
}

export interface HostResultsProps {
  /** Undefined: not tested. */
  readonly result: DeploymentTestResult | undefined;
  readonly pending: boolean;
  /** What the test does, for who has not run it. */
  readonly hint: string;
}

export function HostResults({ result, pending, hint }: HostResultsProps) {
  if (result === undefined) return <Text c="dimmed">{pending ? hostTexts.test.running : hint}</Text>;
  if (result.hosts.length === 0) return <Text c="dimmed">{deploymentTexts.page.test.noHosts}</Text>;
  return (
    <Stack gap="md">
      {result.hosts.map(({ id, name, test: { ok, checks } }) => (
        <Stack key={id} gap="xs">
          <Title order={3}>{name}</Title>
          <CheckResults ok={ok} checks={checks} />
        </Stack>
      ))}
      {result.untested > 0 && (
        <Text>{deploymentTexts.page.test.untested(result.hosts.length, result.untested)}</Text>
      )}
    </Stack>
  );
}
