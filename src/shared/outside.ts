// Marks the parts of answers that may hold text from outside. Schemas say it by `.meta({ outside })`; for callers who
// are limited to some projects, api/limited-answers.ts shortens these parts.
import type {} from 'zod';

/** What the marked value is, which decides how it is shortened. */
export type OutsidePart = 'error' | 'event' | 'renewal-status' | 'next-action' | 'obtain-failure';

declare module 'zod' {
  interface GlobalMeta {
    outside?: OutsidePart;
  }
}
