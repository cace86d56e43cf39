// Schema of a DNS name in a request.
import { z } from 'zod';
import { explainName, toDnsName } from './names.ts';

export const DnsNameSchema = z
  .string()
  .max(1000)
  .transform((value, ctx) => {
    const name = toDnsName(value.trim());
    if (name !== null) return name;
    ctx.addIssue({ code: 'custom', message: explainName(value.trim()) });
    return z.NEVER;
  })
  .meta({ description: 'Host name; an IDN is converted to A-labels', examples: ['api.example.com'] });
