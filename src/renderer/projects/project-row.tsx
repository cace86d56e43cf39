// A project in the list: domain, status, days left, and the next step with its reason.
import { memo } from 'react';
import { DeployedChip } from '../deployments/deployed-chip.tsx';
import { SERVED_FACES } from '../endpoints/faces.ts';
import { formatDateTime, formatRelative, formatUtc } from '../format.ts';
import listClasses from '../lists/lists.module.css';
import { RowLink, type RowPlace } from '../lists/virtual-list.tsx';
import { projects as projectTexts } from '../messages/projects.ts';
import { TagList } from '../tags/tag-list.tsx';
import { Check } from '../ui/check.tsx';
import { Chip, StatusChip } from '../ui/chip.tsx';
import { STATUS_FACES } from '../ui/status-style.ts';
import { ValidityBar } from '../ui/validity-bar.tsx';
import { nextOf } from './next-step.ts';
import classes from './projects.module.css';
import type { ProjectRowData } from './use-project-list.ts';

const text = projectTexts;

export interface ProjectRowProps extends RowPlace {
  readonly project: ProjectRowData;
  readonly now: number;
  readonly selected: boolean;
  onSelect(id: string, selected: boolean): void;
}

export const ProjectRow = memo(function ProjectRow(props: ProjectRowProps) {
  const { project, index, top, measure, now, selected, onSelect, onMove } = props;
  const { id, name, domain, altNames, tags, certificate, renewal, obtainFailure } = project;
  const title = domain ?? name;
  const second = [name === title ? null : name, certificateNames(altNames.length)]
    .filter(Boolean)
    .join(' · ');
  const words = [second, ...tags].filter(Boolean).join(' · ');
  const next = nextOf(project);
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={`${listClasses.row} ${classes.columns}`}
      style={{ transform: `translateY(${top}px)` }}
      data-selected={selected || undefined}
    >
      <td className={classes.select}>
        <Check
          checked={selected}
          onChange={(checked) => onSelect(id, checked)}
          label={`${text.columns.select} ${title}`}
        />
      </td>
      <td className={listClasses.cell}>
        <RowLink href={`#/projects/${id}`} index={index} onMove={onMove}>
          {title}
        </RowLink>
        {words !== '' && (
          <div className={listClasses.second} title={words}>
            {tags.length > 0 && <TagList tags={tags} inline />}
            {second}
          </div>
        )}
      </td>
      <td className={listClasses.state}>
        {obtainFailure === null ? (
          <StatusChip certificate={certificate} uncovered={project.uncovered} />
        ) : (
          <Chip face={STATUS_FACES.notObtained} />
        )}
        {renewal !== null && renewal.failures > 0 && <Chip face={STATUS_FACES.failing} />}
        {certificate?.staging && <Chip face={STATUS_FACES.staging} />}
        {/* Narrow windows have no column for it. */}
        <span className={classes.deployedHere}>
          <DeployedAndServed project={project} />
        </span>
      </td>
      <td className={classes.deployed}>
        <DeployedAndServed project={project} />
      </td>
      <td className={listClasses.cell}>
        {certificate !== null && <ValidityBar validity={certificate} now={now} />}
      </td>
      <td className={listClasses.cell}>
        <div>
          {next.what} {next.at !== null && <Moment at={next.at} now={now} />}
        </div>
        {next.why !== null && <Second words={next.why} />}
      </td>
      <td
        className={`${listClasses.cell} ${listClasses.second} ${classes.issuer}`}
        title={certificate?.issuer}
      >
        {certificate?.issuer}
      </td>
    </tr>
  );
});

/** Served only if it differs: a row has room for two chips. */
function DeployedAndServed({
  project: { deployed, served },
}: {
  readonly project: Pick<ProjectRowData, 'deployed' | 'served'>;
}) {
  return (
    <>
      <DeployedChip deployed={deployed} />
      {served !== null && served.state !== 'current' && served.state !== 'unknown' && (
        <Chip face={SERVED_FACES[served.state]} />
      )}
    </>
  );
}

/** The full text in a tooltip, because the column may truncate it. */
function Second({ words }: { readonly words: string }) {
  return (
    <div className={listClasses.second} title={words}>
      {words}
    </div>
  );
}

function Moment({ at, now }: { readonly at: string; readonly now: number }) {
  return (
    <time dateTime={at} title={`${formatDateTime(at)} · ${formatUtc(at)}`}>
      {formatRelative(at, now)}
    </time>
  );
}

function certificateNames(more: number): string | null {
  return more === 0 ? null : text.moreNames(more);
}
