// Explains a name server's refusal of an update, and what to do about it.
import { CertdeskError } from '../../../core/errors.ts';
import type { DnsHttp } from '../http.ts';
import type { TsigKey, TsigVerdict } from './tsig.ts';
import type { TxtUpdate } from './wire.ts';

export interface Refusal {
  readonly name: string;
  readonly permissions: string;
  readonly server: string;
  readonly key: TsigKey;
  readonly rcode: string;
  readonly tsig: TsigVerdict;
  readonly http: Pick<DnsHttp, 'unavailable'>;
}

/** Creates the error for a refused update. */
export function refusal(change: TxtUpdate, answered: Refusal): CertdeskError {
  const { name, permissions, server, key, rcode, tsig, http } = answered;
  const tsigError = tsig.error;
  const answer = tsigError === 'NOERROR' ? rcode : `${rcode}, ${tsigError}`;
  const details = { provider: name, server, zone: change.zone, rcode, tsigError };
  const refused = tsig.state === 'signed' ? 'REFUSED' : 'UNSIGNED';
  const credentials =
    CREDENTIAL_FAULTS[tsigError] ?? (rcode === 'REFUSED' ? CREDENTIAL_FAULTS[refused] : undefined);
  if (credentials !== undefined) {
    const text = credentials.replace('KEY', `${key.name} (${key.algorithm})`).replace('ZONE', change.zone);
    const message = `${server} refused the credentials: ${text} (${answer}).`;
    return new CertdeskError('DNS_CREDENTIALS_REJECTED', message, { ...details, permissions });
  }
  if (rcode === 'NOTAUTH') {
    const message = `${server} does not serve the zone ${change.zone} (${answer}). Enter the zone's primary name server.`;
    return new CertdeskError('DNS_ZONE_NOT_FOUND', message, details);
  }
  if (rcode === 'SERVFAIL')
    return http.unavailable(`at ${server} failed to update ${change.zone} (${answer}).`);
  const message = `${server} refused the update of ${change.name} in ${change.zone} (${answer}). See its log.`;
  return new CertdeskError('DNS_PROVIDER_REFUSED', message, details);
}

/** TSIG errors (RFC 8945 section 5.2), and REFUSED with a valid key. */
const CREDENTIAL_FAULTS: Readonly<Record<string, string>> = {
  BADKEY: 'it does not know the TSIG key KEY. Check its name and algorithm',
  BADSIG: 'it has another secret for the TSIG key KEY. Check the secret',
  BADTIME: 'its clock and that of this server differ by more than five minutes. Correct the clocks',
  BADTRUNC: 'it does not accept a signature of this length with the TSIG key KEY',
  REFUSED: 'the TSIG key KEY may not write this record in ZONE. Allow it there',
  // PowerDNS gives no further reason and does not sign refusals.
  UNSIGNED:
    'it does not know the TSIG key KEY, has another secret for it, or does not let it write in ZONE. See its log',
};
