// Projects: the verbs that a user knows.
import { randomUUID } from 'node:crypto';
import type {
  CreateProject,
  ListProjects,
  Project,
  ProjectPage,
  UpdateProject,
} from '../../shared/project.ts';
import { toTimestamp } from '../../shared/time.ts';
import { CertdeskError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { ProjectRecord } from './model.ts';
import type { Clock } from './ports.ts';
import { expiresSoonBy, presentCertificate } from './present.ts';
import type { Stores } from './stores.ts';

export interface Projects {
  create(body: CreateProject): Promise<Project>;
  /** @throws PROJECT_NOT_FOUND */
  get(id: string): Promise<ProjectPage['projects'][number]>;
  /** @param ids Only these; null for all. */
  list(query: ListProjects, ids: readonly string[] | null): Promise<ProjectPage>;
  update(id: string, body: UpdateProject): Promise<Project>;
  /** @throws PROJECT_HAS_CERTIFICATE, OPERATION_IN_PROGRESS */
  remove(id: string): Promise<void>;
}

export interface ProjectsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  /** DNS credentials that were kept with the project go with it. */
  forgetCredentials(projectId: string): Promise<void>;
}

/** @throws PROJECT_NOT_FOUND */
export async function findProject(stores: Stores, id: string): Promise<ProjectRecord> {
  const project = await stores.projects.get(id);
  if (project === null) throw new CertdeskError('PROJECT_NOT_FOUND', `There is no project ${id}`);
  return project;
}

const present = ({ id, name, domain, altNames, createdAt }: ProjectRecord): Project => ({
  id,
  name,
  domain,
  altNames: [...altNames],
  createdAt,
});

export function createProjects({ stores, journal, clock, forgetCredentials }: ProjectsDeps): Projects {
  return {
    async create({ name, domain, altNames }) {
      const project: ProjectRecord = {
        id: randomUUID(),
        name: name ?? domain ?? '',
        domain,
        altNames: [...new Set(altNames)],
        createdAt: toTimestamp(clock.now()),
      };
      await journal.write(async (tx, emit) => {
        await tx.projects.create(project);
        await emit({
          kind: 'project.created',
          projectId: project.id,
          message: `Project ${project.name} created`,
        });
      });
      return present(project);
    },

    async get(id) {
      const project = await findProject(stores, id);
      const certificate = await stores.certificates.active(id);
      return {
        ...present(project),
        certificate: certificate && presentCertificate(certificate, clock.now()),
      };
    },

    async list(query, ids) {
      const now = clock.now();
      const { items, nextCursor } = await stores.projects.list({
        ...query,
        ids,
        now: toTimestamp(now),
        soon: expiresSoonBy(now),
      });
      const projects = items.map(({ project, certificate }) => ({
        ...present(project),
        certificate: certificate && presentCertificate(certificate, now),
      }));
      return { projects, nextCursor };
    },

    async update(id, { name, domain, altNames }) {
      return journal.write(async (tx, emit) => {
        const before = await findProject(tx, id);
        const patch = {
          ...(name === undefined ? {} : { name }),
          ...(domain === undefined ? {} : { domain }),
          ...(altNames === undefined ? {} : { altNames: [...new Set(altNames)] }),
        };
        await tx.projects.update(id, patch);
        await emit({ kind: 'project.updated', projectId: id, message: `Project ${before.name} changed` });
        return present({ ...before, ...patch });
      });
    },

    async remove(id) {
      await journal.write(async (tx, emit) => {
        const project = await findProject(tx, id);
        const [job] = await tx.jobs.unfinished(id);
        if (job !== undefined) {
          throw new CertdeskError(
            'OPERATION_IN_PROGRESS',
            'A job of this project is under way: wait for it',
            {
              jobId: job.id,
            },
          );
        }
        if ((await tx.certificates.active(id)) !== null) {
          throw new CertdeskError(
            'PROJECT_HAS_CERTIFICATE',
            'The project still holds a certificate. Remove that first',
          );
        }
        await tx.projects.delete(id);
        await emit({ kind: 'project.removed', projectId: id, message: `Project ${project.name} removed` });
      });
      await forgetCredentials(id);
    },
  };
}
