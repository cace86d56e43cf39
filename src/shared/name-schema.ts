// Schemas of names in requests: host names, and names of certificates, which can also be IP addresses.
import { z } from 'zod';
import { explainInvalidName, toName } from './identifiers.ts';
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

export const CertificateNameSchema = z
  .string()
  .max(1000)
  .transform((value, ctx) => {
    const name = toName(value.trim());
    if (name !== null) return name;
    ctx.addIssue({ code: 'custom', message: explainInvalidName(value.trim()) });
    return z.NEVER;
  })
  .meta({
    description:
      'Host name or IP address; an IDN is converted to A-labels, an IPv6 address to its canonical form (RFC 5952)',
    examples: ['api.example.com'],
  });

/** Names without duplicates: different spellings of one name are the same name. */
export const CertificateNamesSchema = z
  .array(CertificateNameSchema)
  .max(99)
  .transform((names) => [...new Set(names)]);
