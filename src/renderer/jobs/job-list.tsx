// A project's jobs, newest first.
import { Badge, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Job } from '../../shared/job.ts';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { messages } from '../messages.ts';
import { Chip } from '../ui/chip.tsx';
import { JOB_FACES } from '../ui/status-style.ts';
import { ServerText, Time } from '../ui/time.tsx';
import classes from './jobs.module.css';

const text = jobTexts;

export function JobList({ jobs }: { readonly jobs: readonly Job[] }) {
  return (
    <div>
      {jobs.map((job) => (
        <Link
          key={job.id}
          to="/projects/$id/jobs/$jobId"
          params={{ id: job.projectId, jobId: job.id }}
          className={classes.row}
        >
          <Chip face={JOB_FACES[job.state]} />
          <div>
            <Group gap={6}>
              <Text fw={550}>{messages.jobKind[job.kind]}</Text>
              {job.dryRun && <Mark label={text.dryRunBadge} />}
              {job.automatic && <Mark label={text.automatic} />}
            </Group>
            {job.error !== null && (
              <Text fz="sm" c="dimmed">
                <ServerText>{job.error.error}</ServerText>
              </Text>
            )}
          </div>
          <Text fz="sm" c="dimmed">
            <Time at={job.createdAt} as="relative" />
          </Text>
        </Link>
      ))}
    </div>
  );
}

function Mark({ label }: { readonly label: string }) {
  return (
    <Badge variant="light" color="gray" size="sm" tt="none">
      {label}
    </Badge>
  );
}
