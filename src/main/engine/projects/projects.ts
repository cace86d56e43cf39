// Creates, lists, changes and removes projects.
import { randomUUID } from 'node:crypto';
import type { Deployed } from '../../../shared/deployed.ts';
import { coversName } from '../../../shared/names.ts';
import type {
  ChangeTags,
  CreateProject,
  ListedProject,
  ListProjects,
  Project,
  ProjectFacets,
  ProjectPage,
  UpdateProject,
} from '../../../shared/project.ts';
import type { Served } from '../../../shared/served.ts';
import { MAX_TAGS, normalizeTags } from '../../../shared/tag-form.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { expiresSoonBy, presentCertificate, presentNextAction } from '../certificates/views.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { CertificateRecord, JobRecord, ProjectRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import type { Stores } from '../core/stores.ts';

export interface Projects {
  /** @throws DUPLICATE_DOMAIN */
  create(body: CreateProject): Promise<Project>;
  /** @throws PROJECT_NOT_FOUND */
  get(id: string): Promise<ListedProject>;
  /**
   * Lists projects, filtered and page by page.
   * @param ids Only these; null for all.
   */
  list(query: ListProjects, ids: readonly string[] | null): Promise<ProjectPage>;
  /**
   * Returns the values that the list's filters offer.
   * @param ids Only of these; null for all.
   */
  facets(ids: readonly string[] | null): Promise<ProjectFacets>;
  /** @throws PROJECT_NOT_FOUND, DUPLICATE_DOMAIN */
  update(id: string, body: UpdateProject): Promise<Project>;
  /**
   * Adds and removes tags; the others stay.
   * @throws PROJECT_NOT_FOUND, INVALID_REQUEST if the project would have too many
   */
  changeTags(id: string, body: ChangeTags): Promise<Project>;
  /** @throws PROJECT_HAS_CERTIFICATE, PROJECT_IN_USE, OPERATION_IN_PROGRESS */
  remove(id: string): Promise<void>;
}

export interface ProjectsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Deletes the DNS credentials that were saved with the project. */
  forgetCredentials(projectId: string): Promise<void>;
  /**
   * Finds the ids of the projects that need attention, for the filter of that name.
   * @param visible Only of these; null for all.
   */
  findNeedingAttention(visible: readonly string[] | null, now: Date): Promise<readonly string[]>;
  /** What the clients of these projects are given (endpoints/served.ts). */
  servedOf(projectIds: readonly string[]): Promise<ReadonlyMap<string, Served>>;
  /** Whether Certdesk's own HTTPS uses the project's certificate. */
  isUsedByHttps(projectId: string): boolean;
  /** Whether the certificates of these projects are installed (deploy/deployed-projects.ts). */
  deployedOf(projectIds: readonly string[]): Promise<ReadonlyMap<string, Deployed>>;
}

/** @throws DUPLICATE_DOMAIN (details: projectId, name) */
async function refuseDuplicateDomain(
  tx: Stores,
  { id, domain }: Pick<ProjectRecord, 'id' | 'domain'>,
): Promise<void> {
  if (domain === null) return;
  const other = (await tx.projects.ofDomain(domain)).find((project) => project.id !== id);
  if (other === undefined) return;
  throw new CertdeskError('DUPLICATE_DOMAIN', `The project ${other.name} already has the domain ${domain}`, {
    projectId: other.id,
    name: other.name,
  });
}

const present = ({ id, name, domain, altNames, tags, createdAt }: ProjectRecord): Project => ({
  id,
  name,
  domain,
  altNames: [...altNames],
  tags: [...tags],
  createdAt,
});

interface ListedProjectParts {
  readonly project: ProjectRecord;
  readonly certificate: CertificateRecord | null;
  readonly now: Date;
  readonly jobId: string | null;
  /** The last attempt to obtain a certificate, if it failed. */
  readonly failed: JobRecord | null;
  readonly served: Served | undefined;
  readonly deployed: Deployed | undefined;
}

function presentListed({
  project,
  certificate,
  now,
  jobId,
  failed,
  served,
  deployed,
}: ListedProjectParts): ListedProject {
  return {
    ...present(project),
    certificate: certificate && presentCertificate(certificate, now),
    renewal: certificate && presentNextAction(certificate),
    uncovered: uncoveredName(project, certificate),
    obtainFailure: presentFailure(failed),
    served: served ?? null,
    deployed: deployed ?? null,
    runningJobId: jobId,
  };
}

function uncoveredName(
  { domain, altNames }: ProjectRecord,
  certificate: CertificateRecord | null,
): string | null {
  if (certificate === null) return null;
  const wanted = domain === null ? altNames : [domain, ...altNames];
  const isCovered = (name: string) => certificate.names.some((pattern) => coversName(pattern, name));
  return wanted.find((name) => !isCovered(name)) ?? null;
}

function presentFailure(job: JobRecord | null): ListedProject['obtainFailure'] {
  if (job === null || job.error === null) return null;
  const { error, code } = job.error;
  return { jobId: job.id, error, code, at: job.finishedAt };
}

/** For projects without a certificate, by project id: the last attempt to obtain one, if it failed. */
async function failedObtains(
  stores: Stores,
  ids: readonly string[],
): Promise<ReadonlyMap<string, JobRecord>> {
  if (ids.length === 0) return new Map();
  const failed = await stores.overview.failedObtains(ids);
  if (failed.length === 0) return new Map();
  const jobs = await stores.overview.lastFailed(failed.map(({ projectId }) => projectId));
  return new Map(jobs.map((job) => [job.projectId, job]));
}

/** The ids of the projects that match a filter which is not a column of the list. */
async function idsOf(
  { stores, findNeedingAttention }: Pick<ProjectsDeps, 'stores' | 'findNeedingAttention'>,
  need: NonNullable<ListProjects['need']>,
  { visible, now }: { readonly visible: readonly string[] | null; readonly now: Date },
): Promise<readonly string[]> {
  if (need === 'attention') return findNeedingAttention(visible, now);
  const found =
    need === 'in_progress' ? await stores.jobs.unfinished() : await stores.overview.failedObtains(visible);
  const ids = [...new Set(found.map(({ projectId }) => projectId))];
  return visible === null ? ids : ids.filter((id) => visible.includes(id));
}

/** Removes duplicates and the domain from the alternative names. */
const withoutDomain = (domain: string | null, altNames: readonly string[]): readonly string[] =>
  [...new Set(altNames)].filter((name) => name !== domain);

const describeTags = (tags: readonly string[]): string =>
  `${tags.length === 1 ? 'the tag' : 'the tags'} ${tags.join(', ')}`;

/** @returns ': tags added: a; tags removed: b', or '' if the tags stay */
function describeChange(before: readonly string[], after: readonly string[] = before): string {
  const added = after.filter((tag) => !before.includes(tag));
  const removed = before.filter((tag) => !after.includes(tag));
  const parts = [
    added.length === 0 ? [] : [`tags added: ${added.join(', ')}`],
    removed.length === 0 ? [] : [`tags removed: ${removed.join(', ')}`],
  ].flat();
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
}

export function createProjects(deps: ProjectsDeps): Projects {
  const { stores, journal, clock, forgetCredentials, isUsedByHttps } = deps;
  return {
    async create({ name, domain, altNames, tags = [], allowDuplicateDomain = false }) {
      const project: ProjectRecord = {
        id: randomUUID(),
        name: name ?? domain ?? '',
        domain,
        altNames: withoutDomain(domain, altNames),
        tags,
        createdAt: toTimestamp(clock.now()),
      };
      await journal.write(async (tx, emit) => {
        if (!allowDuplicateDomain) await refuseDuplicateDomain(tx, project);
        await tx.projects.create(project);
        await emit({
          kind: 'project.created',
          projectId: project.id,
          message: `Project ${project.name} created${tags.length === 0 ? '' : ` with ${describeTags(tags)}`}`,
        });
      });
      return present(project);
    },

    async get(id) {
      const project = await findProject(stores, id);
      const certificate = await stores.certificates.active(id);
      const [job] = await stores.jobs.unfinished(id);
      const failed = await failedObtains(stores, certificate === null ? [id] : []);
      return presentListed({
        project,
        certificate,
        now: clock.now(),
        jobId: job?.id ?? null,
        failed: failed.get(id) ?? null,
        served: (await deps.servedOf([id])).get(id),
        deployed: (await deps.deployedOf([id])).get(id),
      });
    },

    async list({ need, tag = [], ...query }, visible) {
      const now = clock.now();
      const ids = need === undefined ? visible : await idsOf(deps, need, { visible, now });
      const filter = { ...query, tags: [tag].flat(), ids, now: toTimestamp(now), soon: expiresSoonBy(now) };
      const [{ items, nextCursor }, { matching, counts }, unfinished] = await Promise.all([
        stores.projects.list(filter),
        stores.projects.count(filter),
        stores.jobs.unfinished(),
      ]);
      const jobs = new Map(unfinished.map((job) => [job.projectId, job.id]));
      const bare = items.filter(({ certificate }) => certificate === null);
      const failed = await failedObtains(
        stores,
        bare.map(({ project }) => project.id),
      );
      const served = await deps.servedOf(items.map(({ project }) => project.id));
      const deployed = await deps.deployedOf(items.map(({ project }) => project.id));
      const projects = items.map(({ project, certificate }) => {
        const { id } = project;
        return presentListed({
          project,
          certificate,
          now,
          jobId: jobs.get(id) ?? null,
          failed: failed.get(id) ?? null,
          served: served.get(id),
          deployed: deployed.get(id),
        });
      });
      return { projects, nextCursor, total: matching, counts };
    },

    facets: (ids) => stores.projects.facets(ids),

    async update(id, { name, domain, altNames, tags, allowDuplicateDomain = false }) {
      return journal.write(async (tx, emit) => {
        const before = await findProject(tx, id);
        const patch = {
          ...(name === undefined ? {} : { name }),
          ...(domain === undefined ? {} : { domain }),
          ...(tags === undefined ? {} : { tags }),
          altNames: withoutDomain(domain === undefined ? before.domain : domain, altNames ?? before.altNames),
        };
        const isOtherDomain = domain !== undefined && domain !== before.domain;
        if (isOtherDomain && !allowDuplicateDomain) await refuseDuplicateDomain(tx, { id, domain });
        await tx.projects.update(id, patch);
        await tx.certificates.release({ projectId: id });
        await emit({
          kind: 'project.updated',
          projectId: id,
          message: `Project ${before.name} changed${describeChange(before.tags, tags)}`,
        });
        return present({ ...before, ...patch });
      });
    },

    async changeTags(id, { add = [], remove = [] }) {
      return journal.write(async (tx, emit) => {
        const before = await findProject(tx, id);
        const tags = normalizeTags([...before.tags.filter((tag) => !remove.includes(tag)), ...add]);
        if (tags.length > MAX_TAGS)
          throw invalid('add', `a project has at most ${MAX_TAGS} tags; this one would have ${tags.length}`);
        const change = describeChange(before.tags, tags);
        if (change === '') return present(before);
        await tx.projects.update(id, { tags });
        await emit({
          kind: 'project.updated',
          projectId: id,
          message: `Project ${before.name} changed${change}`,
        });
        return present({ ...before, tags });
      });
    },

    async remove(id) {
      await journal.write(async (tx, emit) => {
        const project = await findProject(tx, id);
        if (isUsedByHttps(id)) throw new CertdeskError('PROJECT_IN_USE');
        const [job] = await tx.jobs.unfinished(id);
        if (job !== undefined) {
          throw new CertdeskError(
            'OPERATION_IN_PROGRESS',
            'A job for this project is running. Wait until it finishes',
            {
              jobId: job.id,
            },
          );
        }
        if ((await tx.certificates.active(id)) !== null) {
          throw new CertdeskError('PROJECT_HAS_CERTIFICATE', "Remove the project's certificate first");
        }
        await tx.projects.delete(id);
        await emit({ kind: 'project.removed', projectId: id, message: `Project ${project.name} removed` });
      });
      await forgetCredentials(id);
    },
  };
}
