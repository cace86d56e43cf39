// Tests the deployment in the form, before it is saved, on each of its hosts.

import { Button } from '@mantine/core';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { Panel } from '../ui/panel.tsx';
import { type DeploymentTestResult, HostResults } from './host-results.tsx';

const text = deploymentTexts.page.test;

export interface DraftTestProps {
  /** Of the values that are in the form now; undefined before the test and after a change. */
  readonly result: DeploymentTestResult | undefined;
  readonly pending: boolean;
  onTest(): void;
}

/** The form reports errors, because they may concern its fields. */
export function DraftTest({ result, pending, onTest }: DraftTestProps) {
  return (
    <Panel
      title={text.title}
      aside={
        <Button size="xs" variant="default" loading={pending} onClick={onTest}>
          {result === undefined ? text.action : hostTexts.test.again}
        </Button>
      }
    >
      <HostResults result={result} pending={pending} hint={text.draft} />
    </Panel>
  );
}
