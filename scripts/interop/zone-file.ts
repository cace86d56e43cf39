// The initial data of the DNS servers: a small zone, and a key that may update it.
import { randomBytes } from 'node:crypto';

/** In master file format (RFC 1035 section 5); every name has the address 127.0.0.1. */
export const zoneText = (zone: string): string => `$ORIGIN ${zone}.
$TTL 5
@ SOA ns1 hostmaster 1 3600 600 86400 5
@ NS ns1
ns1 A 127.0.0.1
* A 127.0.0.1
`;

/** Credentials of the provider rfc2136, without the name server. */
export const makeKey = () => ({
  tsigKeyName: 'certdesk',
  tsigAlgorithm: 'hmac-sha256',
  tsigSecret: randomBytes(32).toString('base64'),
});
