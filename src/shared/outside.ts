// Marks the parts of responses that may contain external text. Schemas declare it by `.meta({ outside })`, and
// api/limited-answers.ts removes that text for callers who are limited to projects.
import type {} from 'zod';

/** The kind of the marked value, which decides how its text is replaced. */
export type OutsidePart =
  | 'error'
  | 'event'
  | 'renewal-status'
  | 'next-action'
  | 'obtain-failure'
  | 'deployment-steps'
  | 'deployment-options'
  | 'deployment-run'
  | 'caa-lock'
  | 'persist-report';

declare module 'zod' {
  interface GlobalMeta {
    outside?: OutsidePart;
  }
}
