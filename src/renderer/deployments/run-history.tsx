// The runs of a deployment, newest first, each with its steps.

import { Badge, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment } from '../../shared/deployment.ts';
import type { DeploymentRun } from '../../shared/deployment-run.ts';
import { useApi } from '../api.ts';
import listClasses from '../lists/lists.module.css';
import { Row, Rows } from '../lists/rows.tsx';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Chip } from '../ui/chip.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import classes from './deployments.module.css';
import { RUN_FACES } from './run-faces.ts';
import { RunSteps } from './run-steps.tsx';

const text = deploymentTexts.page;

export function RunHistory({ deployment }: { readonly deployment: Deployment }) {
  const api = useApi();
  const runs = useQuery(api.deployments.runs.queryOptions({ deploymentId: deployment.id }));
  return (
    <Panel title={text.history} flush>
      <QueryView query={runs}>
        {(data) =>
          data.runs.length === 0 ? (
            <Text p="md" c="dimmed">
              {text.historyEmpty}
            </Text>
          ) : (
            <Rows label={text.history}>
              {data.runs.map((run) => (
                <Row key={run.id}>
                  <HistoryRun run={run} isCommand={deployment.kind === 'command'} />
                </Row>
              ))}
            </Rows>
          )
        }
      </QueryView>
    </Panel>
  );
}

function HistoryRun({ run, isCommand }: { readonly run: DeploymentRun; readonly isCommand: boolean }) {
  const [opened, setOpened] = useState(false);
  const { state, host, trigger, error, createdAt, finishedAt } = run;
  return (
    <>
      <div className={`${classes.targetHead} ${classes.historyHead}`}>
        <Chip face={RUN_FACES[state]} />
        <div className={listClasses.main}>
          <Group gap={6}>
            <Text fw={550}>{host.name}</Text>
            <Badge variant="light" color="gray" size="sm" tt="none">
              {text.triggers[trigger]}
            </Badge>
          </Group>
          {error !== null && (
            <Text fz="sm" c="dimmed">
              <ServerText>{error.error}</ServerText>
            </Text>
          )}
        </div>
        <Text fz="sm" c="dimmed">
          <Time at={finishedAt ?? createdAt} />
        </Text>
        {run.steps.length > 0 && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          >
            {opened ? text.hideSteps : text.showSteps}
          </Button>
        )}
      </div>
      {opened && (
        <div className={classes.targetBody}>
          <RunSteps run={run} isCommand={isCommand} />
        </div>
      )}
    </>
  );
}
