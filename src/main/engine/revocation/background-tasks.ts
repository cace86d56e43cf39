// What is read on another thread: lists of revoked certificates.
import type { X509Certificate } from 'node:crypto';
import type { Revoked } from '../pki/inspect/crl.ts';

export interface CrlTasks {
  /** As `lookUp` of pki/inspect/crl.ts. @param input.issuer DER */
  lookUpCrl(input: {
    readonly crl: Uint8Array;
    readonly url: string;
    readonly serial: Uint8Array;
    readonly issuer: X509Certificate['raw'];
    readonly now: Date;
  }): Promise<Revoked | null>;
}
