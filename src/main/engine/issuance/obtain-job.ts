// What an obtain job does: it issues a certificate, takes it into use unless it is a dry run, and stores the DNS
// credentials that came with the request.
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

/** @throws as `issue` does */
export async function obtain(
  { issuer, secrets, chooser, log }: ObtainJobDeps,
  job: JobRecord,
  input: ObtainInput,
  signal: AbortSignal,
): Promise<void> {
  const { spec, autoRenew, dryRun } = input;
  const certificate = await issuer.issueFor(
    job,
    { spec },
    {
      signal,
      keep: async (issued, write) => {
        const version = { ...(await issuer.newVersion(job, spec, issued)), autoRenew };
        if (dryRun) return version;
        const stored = await issuer.activate(version, job, { write });
        // The certificate is safe by now: that its credentials could not be kept shows when it is to be renewed.
        await secrets
          .read(job.id)
          .then((given) => chooser.keep(job.projectId, spec, given))
          .catch((error: unknown) =>
            log.error({ jobId: job.id, err: error }, 'DNS credentials could not be saved'),
          );
        return stored;
      },
    },
  );
  await issuer.succeed(job, certificate);
}
