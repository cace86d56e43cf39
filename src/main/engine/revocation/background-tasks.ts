// Declares the revocation task that runs on another thread: parsing CRLs.
import type { X509Certificate } from 'node:crypto';
import type { Revoked } from '../pki/inspect/crl.ts';

export interface CrlTasks {
  /**
   * Runs `findRevocation` of pki/inspect/crl.ts.
   * @param input.issuer DER
   */
  lookUpCrl(input: {
    readonly crl: Uint8Array;
    readonly url: string;
    readonly serial: Uint8Array;
    readonly issuer: X509Certificate['raw'];
    readonly now: Date;
  }): Promise<Revoked | null>;
}
