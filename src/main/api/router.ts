// Every operation, once. Transports (REST, tRPC over HTTP, IPC) know this router and no operation by name.
import { certificates } from './certificates.ts';
import { jobs } from './jobs.ts';
import { projects } from './projects.ts';
import { system } from './system.ts';
import { tokens } from './tokens.ts';
import { router } from './trpc.ts';

export const appRouter = router({ projects, certificates, jobs, tokens, system });

/** The renderer's one import from main, as a type. */
export type AppRouter = typeof appRouter;
