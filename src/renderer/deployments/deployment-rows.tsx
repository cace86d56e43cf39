// Deployments as rows: what, where to, and their state.

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Deployment } from '../../shared/deployment.ts';
import { formatList } from '../format.ts';
import listClasses from '../lists/lists.module.css';
import { LinkRow, Rows } from '../lists/rows.tsx';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { Chip } from '../ui/chip.tsx';
import { Time } from '../ui/time.tsx';
import { StateChip } from './deployed-chip.tsx';
import classes from './deployments.module.css';
import { RUN_FACES } from './run-faces.ts';

const text = deploymentTexts;
/** Above this number, only the count of hosts is shown. */
const NAMED = 3;

export interface DeploymentRowsProps {
  readonly deployments: readonly Deployment[];
  /** Names the list for screen readers. */
  readonly label: string;
  /** Shows the state on this host only. */
  readonly hostId?: string;
  /** Whether all deployments belong to the project of the page. */
  readonly ofProject?: boolean;
  /** An action for a row. */
  readonly action?: (deployment: Deployment) => ReactNode;
}

export function DeploymentRows({
  deployments,
  label,
  hostId,
  ofProject = false,
  action,
}: DeploymentRowsProps) {
  return (
    <Rows label={label}>
      {deployments.map((deployment) => (
        <LinkRow key={deployment.id} className={action === undefined ? classes.row : classes.actionRow}>
          <div className={listClasses.main}>
            <Link
              to="/deployments/$deploymentId"
              params={{ deploymentId: deployment.id }}
              className={listClasses.open}
            >
              {deployment.name}
            </Link>
            {!ofProject && (
              <div className={listClasses.second}>{deployment.project.domain ?? deployment.project.name}</div>
            )}
          </div>
          <div className={`${listClasses.main} ${classes.hosts}`}>
            {hostId === undefined ? <Hosts deployment={deployment} /> : <Paths deployment={deployment} />}
          </div>
          <div>
            <State deployment={deployment} hostId={hostId} />
          </div>
          {action !== undefined && <div className={classes.action}>{action(deployment)}</div>}
        </LinkRow>
      ))}
    </Rows>
  );
}

function State({
  deployment,
  hostId,
}: {
  readonly deployment: Deployment;
  readonly hostId: string | undefined;
}) {
  const target = deployment.targets.find(({ host }) => host.id === hostId);
  const ofRun = target !== undefined && target.state !== null && deployment.enabled;
  const at = ofRun ? target.at : deployment.stateAt;
  return (
    <>
      {ofRun && target.state !== null ? (
        <Chip face={RUN_FACES[target.state]} />
      ) : (
        <StateChip of={deployment} />
      )}
      {at !== null && (
        <div className={listClasses.second}>
          <Time at={at} as="relative" />
        </div>
      )}
    </>
  );
}

function Hosts({ deployment: { hosts, targets } }: { readonly deployment: Deployment }) {
  const names = targets.map(({ host }) => host.name);
  const shown = names.length > NAMED ? text.hostCount(names.length) : formatList(names);
  if (!('tag' in hosts)) return shown;
  return (
    <>
      {names.length === 0 ? text.noHosts : shown}
      <div className={listClasses.second}>{text.onTag(hosts.tag)}</div>
    </>
  );
}

function Paths({ deployment: { files } }: { readonly deployment: Deployment }) {
  return files.map(({ path }) => (
    <div key={path} className={`${listClasses.second} mono`}>
      {path}
    </div>
  ));
}
