// Schema of a time in requests and responses.
import { z } from 'zod';

export const TimestampSchema = z.iso
  .datetime({ precision: 0 })
  .meta({ description: 'UTC without milliseconds', examples: ['2026-01-19T12:00:00Z'] });
