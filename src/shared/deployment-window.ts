// Schemas of the windows of deployments: when Certdesk may install a certificate.
import { z } from 'zod';
import type {} from './outside.ts';
import { TimestampSchema } from './time-schema.ts';
import { isTimeZone } from './time-zone.ts';
import { WEEK, type WindowDay } from './week.ts';

const clockTime = z
  .string()
  .trim()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 02:00');

export const DeploymentWindowSchema = z
  .strictObject({
    days: z
      .array(z.enum(WEEK))
      .min(1)
      .max(7)
      .transform((days): WindowDay[] => WEEK.filter((day) => days.includes(day)))
      .meta({ description: 'Days on which the window opens' }),
    start: clockTime.meta({ examples: ['02:00'] }),
    end: clockTime.meta({
      description: 'Not later than `start`: on the next day. Equal times: 24 hours',
      examples: ['04:00'],
    }),
    timeZone: z
      .string()
      .trim()
      .max(64)
      .refine(isTimeZone, 'is not a time zone such as Europe/Berlin')
      .meta({ description: 'IANA name', examples: ['Europe/Berlin'] }),
  })
  .meta({
    id: 'MaintenanceWindow',
    description:
      'Runs wait until the window opens. They do not wait if the installed certificate would expire first, or once less than a tenth of its lifetime is left',
  });
export type DeploymentWindow = z.output<typeof DeploymentWindowSchema>;

/** A deployment that waits for its window. */
export const WaitingSchema = z
  .object({
    until: TimestampSchema.meta({ description: 'When the first run begins' }),
    renewed: z.boolean().meta({ description: 'Whether it installs a renewed certificate' }),
  })
  .meta({ id: 'WaitingDeployment' });
export type Waiting = z.infer<typeof WaitingSchema>;
