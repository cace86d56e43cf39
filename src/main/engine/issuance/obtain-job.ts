// Runs obtain jobs: issues a certificate, activates it unless it is a dry run, and saves the DNS credentials of the
// request.
import type { DnsChooser } from '../challenges/select-dns-credential.ts';
import type { JobInput, JobRecord } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import type { JobSecrets } from '../jobs/job-secrets.ts';
import type { Issuer } from './issuer.ts';

export interface ObtainJobDeps {
  readonly issuer: Issuer;
  readonly secrets: Pick<JobSecrets, 'read'>;
  readonly chooser: Pick<DnsChooser, 'keep'>;
  readonly log: Log;
}

type ObtainInput = Extract<JobInput, { kind: 'obtain' }>;

/**
 * Runs the job.
 * @throws the errors of `issue`
 */
export async function obtain(
  { issuer, secrets, chooser, log }: ObtainJobDeps,
  job: JobRecord,
  input: ObtainInput,
  signal: AbortSignal,
): Promise<void> {
  const { spec, autoRenew, dryRun } = input;
  await issuer.issueFor(
    job,
    { spec },
    {
      signal,
      keep: async (issued, write) => {
        const version = { ...(await issuer.newVersion(job, spec, issued)), autoRenew };
        if (dryRun) return version;
        const stored = await issuer.activate(version, job, { write });
        // The certificate is stored by now. If its credentials cannot be saved, the next renewal reports it.
        await secrets
          .read(job.id)
          .then((given) => chooser.keep(job.projectId, spec, given))
          .catch((error: unknown) =>
            log.error({ jobId: job.id, err: error }, 'DNS credentials could not be saved'),
          );
        return stored;
      },
      end: (certificate, write) => issuer.succeed(job, certificate, write),
    },
  );
}
